using Consistency.Conflicts;
using Consistency.DeadLetters;
using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Retention;

/// <summary>Removes what is past its retention: sent messages, inbox marks, answers to commands, ended conflicts, repairs, ended
/// dead letters. In small bites.</summary>
public sealed class Trimmer<TDb>(WriteQueue<TDb> writes, TimeProvider time, ILogger<Trimmer<TDb>> logger)
    where TDb : DbContext
{
    /// <summary>Trims every <see cref="Limits.TrimInterval"/> until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Span.LeaveCaller();
        using var timer = new PeriodicTimer(Limits.TrimInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await TrimAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.TrimFailed(e);
            }
        }
    }

    /// <summary>Removes everything that is past its retention now. Returns the number of rows.</summary>
    public async Task<int> TrimAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        while (await writes.ExecuteAsync(TrimSome, cancellationToken) is > 0 and var count)
        {
            total += count;
        }

        return total;
    }

    private static int TrimSome(UnitOfWork<TDb> work)
    {
        var sent = TrimSentEvents(work) + TrimSentToWorkflows(work);
        var commands = work.Statements.Run(
            "DELETE FROM command WHERE key IN (SELECT key FROM command WHERE created_at < @before LIMIT @count)",
            ("@before", (work.Now - Limits.CommandRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax));
        var marks = work.Statements.Run(
            """
            DELETE FROM inbox WHERE (consumer, message_id) IN
                (SELECT consumer, message_id FROM inbox WHERE received_at < @before LIMIT @count)
            """,
            ("@before", (work.Now - Limits.InboxRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax));
        var conflicts = work.Statements.Run(
            "DELETE FROM conflict WHERE sequence IN (SELECT sequence FROM conflict WHERE resolved_at < @before LIMIT @count)",
            ("@before", (work.Now - ConflictLimits.ConflictRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax));
        var repairs = work.Statements.Run(
            "DELETE FROM repair WHERE id IN (SELECT id FROM repair WHERE repaired_at < @before LIMIT @count)",
            ("@before", (work.Now - Limits.RepairRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax));
        return sent + commands + marks + conflicts + repairs + TrimDeadLetters(work);
    }

    // Those that are dead or parked stay until somebody decides, however old they are.
    private static int TrimDeadLetters(UnitOfWork<TDb> work) =>
        work.Statements.Run(
            "DELETE FROM dead_letter WHERE sequence IN (SELECT sequence FROM dead_letter WHERE ended_at < @before LIMIT @count)",
            ("@before", (work.Now - DeadLetterLimits.EndedRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax))
        + work.Statements.Run(
            """
            DELETE FROM delivery_failure WHERE message_id IN
                (SELECT message_id FROM delivery_failure WHERE last_failed_at < @before LIMIT @count)
            """,
            ("@before", (work.Now - DeadLetterLimits.FailureRetention).ToUnixTimeMilliseconds()),
            ("@count", Limits.TrimRowsMax));

    // From the oldest row up to the first that is to stay: nothing is scanned, and no further index is paid for by every event.
    private static int TrimSentEvents(UnitOfWork<TDb> work) => work.Statements.Run(
        """
        DELETE FROM outbox
        WHERE sequence < coalesce(
                (SELECT sequence FROM outbox WHERE sent_at IS NULL OR sent_at >= @before ORDER BY sequence LIMIT 1), 9223372036854775807)
            AND sequence < (SELECT min(sequence) FROM outbox) + @count
        """,
        ("@before", (work.Now - Limits.SentRetention).ToUnixTimeMilliseconds()),
        ("@count", Limits.TrimRowsMax));

    // By the time they were sent: here one aggregate's message may wait for ever while those behind it are sent.
    private static int TrimSentToWorkflows(UnitOfWork<TDb> work) => work.Statements.Run(
        """
        DELETE FROM workflow_outbox WHERE sequence IN
            (SELECT sequence FROM workflow_outbox WHERE sent_at < @before ORDER BY sent_at LIMIT @count)
        """,
        ("@before", (work.Now - Limits.SentRetention).ToUnixTimeMilliseconds()),
        ("@count", Limits.TrimRowsMax));
}

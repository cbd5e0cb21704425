using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.DeadLetters;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.DeadLetters;

/// <summary>
/// Handles parked messages whose turn has come: one by one, by version, then arrival, each in a transaction of its own that looks once more whether
/// it is still its turn. So it may be interrupted anywhere, and run in several instances on one database at once.
/// </summary>
public sealed class ParkedReleases<TDb>(
    Database<TDb> database, WriteQueue<TDb> writes, LetterHandling<TDb> handle, TimeProvider time, ILogger<ParkedReleases<TDb>> logger)
    where TDb : DbContext
{
    /// <summary>Releases at once, then every <see cref="DeadLetterLimits.ReleaseInterval"/>, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Span.LeaveCaller();
        using var timer = new PeriodicTimer(DeadLetterLimits.ReleaseInterval, time);
        do
        {
            try
            {
                await ReleaseAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                logger.ReleaseFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Handles what is parked and waits for nothing any more, of all aggregates. Returns the number of messages.</summary>
    public async Task<long> ReleaseAsync(CancellationToken cancellationToken)
    {
        var total = 0L;
        var done = new HashSet<(string Topic, string Subject)>();
        while (LinesDue().Where(line => !done.Contains(line)).ToList() is { Count: > 0 } lines)
        {
            foreach (var line in lines)
            {
                var count = await ReleaseLineAsync(line.Topic, line.Subject, cancellationToken);
                total += count;

                // It has ended, or its head failed and has its next attempt in the next round, however long others keep this one busy.
                if (count < DeadLetterLimits.ReleasesPerLineMax)
                {
                    done.Add(line);
                }
            }
        }

        return total;
    }

    /// <summary>Handles what is parked of an aggregate, up to the next dead one. Returns the number of messages.</summary>
    public async Task<long> ReleaseLineAsync(string topic, string subject, CancellationToken cancellationToken)
    {
        var count = 0L;
        for (var i = 0; i < DeadLetterLimits.ReleasesPerLineMax && HeadOf(topic, subject) is { } head; i++)
        {
            if (!await ReleaseOneAsync(head, cancellationToken))
            {
                break;
            }

            count++;
        }

        return count;
    }

    // In the trace of the message; where an operator's request gave it its turn, with a link to that.
    private async Task<bool> ReleaseOneAsync(DeadLetterEntry head, CancellationToken cancellationToken)
    {
        var span = LetterSpans.Begin(MessageSpans.Release, head);
        var (failure, effect) = await writes.ExecuteAllAsync(
            [((Func<UnitOfWork<TDb>, bool?>)(work => Release(work, head.Id)), span.Traceparent)],
            (work, outcomes) =>
            {
                if (outcomes[0].Error is { } error)
                {
                    Fail(work, head.Id, error);
                }

                return (outcomes[0].Error, outcomes[0].Value);
            },
            cancellationToken);
        LetterSpans.End(span, effect, failure is null ? null : FailureReason.Of(failure));
        return failure is null && effect is not null;
    }

    /// <summary>Whether it had an effect; null where it is not, or no longer, its turn.</summary>
    private bool? Release(UnitOfWork<TDb> work, long id)
    {
        var letter = LetterTable.Find(work, id);
        if (letter is not { Entry.Status: DeadLetterStatuses.Parked } || LetterTable.FindAhead(work, letter) is not null)
        {
            return null;
        }

        var hasEffect = handle.HandleOnce(work, letter);
        LetterTable.End(work, id, DeadLetterStatuses.Replayed, DeadLetterEndings.Turn);
        return hasEffect;
    }

    // What passes by itself is tried again with the next rounds, and holds the line meanwhile.
    private static void Fail(UnitOfWork<TDb> work, long id, Exception error)
    {
        var attempts = LetterTable.Find(work, id)!.Entry.Attempts + 1;
        var isDead = FailureReason.IsPermanent(error) || attempts >= DeadLetterLimits.ReleaseAttemptsMax;
        LetterTable.Failed(
            work, id, isDead ? DeadLetterStatuses.Dead : DeadLetterStatuses.Parked, FailureReason.Of(error), replays: 0);
    }

    private DeadLetterEntry? HeadOf(string topic, string subject) => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            $"""
            SELECT {DeadLetterQueries.Columns} FROM dead_letter
            WHERE topic = @topic AND subject = @subject AND ended_at IS NULL AND holds = 1 ORDER BY version, sequence LIMIT 1
            """,
            ("@topic", topic),
            ("@subject", subject));
        using var reader = command.ExecuteReader();
        return reader.Read() && DeadLetterQueries.Read(reader) is { Status: DeadLetterStatuses.Parked } head ? head : null;
    });

    private List<(string Topic, string Subject)> LinesDue() => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            """
            SELECT DISTINCT topic, subject FROM dead_letter AS parked WHERE status = 'parked' AND NOT EXISTS (
                SELECT 1 FROM dead_letter AS ahead
                WHERE ahead.topic = parked.topic AND ahead.subject = parked.subject AND ahead.ended_at IS NULL AND ahead.holds = 1
                    AND (ahead.version, ahead.sequence) < (parked.version, parked.sequence))
            LIMIT @count
            """,
            ("@count", DeadLetterLimits.LinesPerRoundMax));
        using var reader = command.ExecuteReader();
        var lines = new List<(string, string)>();
        while (reader.Read())
        {
            lines.Add((reader.GetString(0), reader.GetString(1)));
        }

        return lines;
    });
}

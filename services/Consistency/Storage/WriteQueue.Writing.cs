using System.Data.Common;
using Consistency.Feeds;
using Consistency.Outbox;
using Consistency.Telemetry;

namespace Consistency.Storage;

// The writer's loop: everything here runs on it, one batch after the other.
public sealed partial class WriteQueue<TDb>
{
    private readonly List<Unit<TDb>> batch = [];
    private readonly List<Action<ConsistencyMeter>> counts = [];
    private OutboxChannels channels;
    private Lanes lanes;

    private async Task RunAsync()
    {
        using var closing = connection;
        using var db = database.On(connection);
        db.Database.AutoSavepointsEnabled = false;

        // Begun and ended here, by turns.
#pragma warning disable CS0618 // Its successor, AutoTransactionBehavior, is not in the version of air-gapped feeds.
        db.Database.AutoTransactionsEnabled = false;
#pragma warning restore CS0618

        // Detected once per unit of work, for the feed and for saving.
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        using var statements = new StatementCache(connection);
        while (await WaitForWorkAsync())
        {
            batch.Clear();
            while (batch.Count < Limits.UnitsPerTransactionMax && waiting.Reader.TryRead(out var group))
            {
                batch.AddRange(group);
            }

            await CommitBatchAsync(db, statements);
            if (waiting.Reader.Count > 0)
            {
                await turn.YieldAsync();
            }
        }
    }

    /// <summary>False once no more will come. Meanwhile others' commits are looked for, also where there is always work.</summary>
    private async ValueTask<bool> WaitForWorkAsync()
    {
        var work = waiting.Reader.WaitToReadAsync();
        LookForOthers();
        if (work.IsCompleted)
        {
            return await work;
        }

        var more = work.AsTask();
        while (true)
        {
            using var stop = new CancellationTokenSource();
            var look = Task.Delay(turn.HasCompany ? Limits.LookWithCompany : Limits.LookAlone, TimeProvider.System, stop.Token);
            if (await Task.WhenAny(more, look) == more)
            {
                await stop.CancelAsync();
                return await more;
            }

            LookForOthers();
        }
    }

    private void LookForOthers()
    {
        try
        {
            if (!turn.HaveOthersWritten())
            {
                return;
            }
        }
#pragma warning disable CA1031 // A database that cannot be read is told by the next transaction.
        catch (DbException)
#pragma warning restore CA1031
        {
            return;
        }

        MessagesCommitted?.Invoke(OutboxChannels.Events | OutboxChannels.Workflow);
        Changes.Set(Lanes.Pushed | Lanes.Pulled);
    }

    private async ValueTask CommitBatchAsync(TDb db, StatementCache statements)
    {
        (channels, lanes) = (OutboxChannels.None, Lanes.None);
        counts.Clear();
        var isOpen = false;
        try
        {
            await turn.BeginAsync();
            isOpen = true;
            var now = time.GetUtcNow();
            foreach (var unit in batch)
            {
                RunUnit(db, statements, unit, now);
            }

            crash?.Invoke(CrashPoint.BeforeCommit);
            statements.Run("COMMIT");
            isOpen = false;
            Failure = time.GetUtcNow() < failedAt + Limits.FailureHold ? Failure : null;
            crash?.Invoke(CrashPoint.AfterCommit);
        }
#pragma warning disable CA1031 // Whatever keeps a transaction from committing (disk full, locked by another process) fails its units; the writer goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            failedAt = time.GetUtcNow();
            batch.ForEach(u => u.Fail(e));
            counts.Clear();
            if (isOpen)
            {
                TakeBack(statements);
            }
        }

        db.ChangeTracker.Clear();
        if (channels != OutboxChannels.None)
        {
            MessagesCommitted?.Invoke(channels);
        }

        Changes.Set(lanes);
        CountCommitted();
        batch.ForEach(u => u.Complete());
    }

    private void CountCommitted()
    {
        if (meter is null)
        {
            return;
        }

        foreach (var count in counts)
        {
            try
            {
                count(meter);
            }
#pragma warning disable CA1031 // A listener's fault: it is committed all the same, callers wait for the answer, and the writer goes on.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }

    private static void TakeBack(StatementCache statements)
    {
        try
        {
            statements.Run("ROLLBACK");
        }
        catch (DbException)
        {
            // SQLite has done so itself, as it does after a full disk or an I/O error (sqlite.org/lang_transaction.html).
        }
    }

    private void RunUnit(TDb db, StatementCache statements, Unit<TDb> unit, DateTimeOffset now)
    {
        var work = new UnitOfWork<TDb>(db, statements, ids, now) { Traceparent = unit.Traceparent };
        statements.Run("SAVEPOINT unit");
        try
        {
            unit.Run(work);
            db.ChangeTracker.DetectChanges();
            var changed = ChangeRecorder.Record(db.ChangeTracker, statements, unit.Traceparent, now);
            db.SaveChanges();
            statements.Run("RELEASE unit");

            // Forgotten at once: change detection costs by the number of entities remembered.
            db.ChangeTracker.Clear();
            channels |= work.ChannelsUsed;
            lanes |= changed | work.LanesUsed;
            counts.AddRange(work.Counts ?? []);
        }
#pragma warning disable CA1031 // The unit's caller gets the exception; the other units of the transaction are not concerned.
        catch (Exception e) when (!StorageFailure.Is(e))
#pragma warning restore CA1031
        {
            statements.Run("ROLLBACK TO unit");
            statements.Run("RELEASE unit");
            db.ChangeTracker.Clear();
            unit.Fail(e);
        }
    }
}

using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Storage;

/// <summary>
/// The one writer of a database. Units of work queue up; whatever waits is carried out in one transaction and committed
/// once (group commit), each unit behind a savepoint of its own, so that a failing one takes back only itself.
/// Callers are answered after the commit. The same mechanism serves commands and bulk deliveries.
/// Other processes may write the same file (instances of one service): they take turns, and each is woken by the others' commits.
/// Source of the idea: DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984 (group commit).
/// </summary>
public sealed partial class WriteQueue<TDb> : IAsyncDisposable
    where TDb : DbContext
{
    private readonly Channel<IReadOnlyList<Unit<TDb>>> waiting = Channel.CreateBounded<IReadOnlyList<Unit<TDb>>>(
        new BoundedChannelOptions(Limits.WaitingGroupsMax) { SingleReader = true });

    private readonly Database<TDb> database;
    private readonly DbConnection connection;
    private readonly WriteTurn turn;
    private readonly IIdSource ids;
    private readonly TimeProvider time;
    private readonly CrashHook? crash;
    private readonly ConsistencyMeter? meter;
    private readonly Task loop;
    private DateTimeOffset failedAt;

    /// <summary>Starts the writer.</summary>
    /// <param name="database">The database; its schema is applied.</param>
    /// <param name="ids">Ids of outgoing messages.</param>
    /// <param name="time">Clock.</param>
    /// <param name="crash">Called at each crash point; for tests.</param>
    /// <param name="meter">Where <see cref="UnitOfWork{TDb}.AfterCommit"/> counts; null for nowhere.</param>
    public WriteQueue(Database<TDb> database, IIdSource ids, TimeProvider time, CrashHook? crash = null, ConsistencyMeter? meter = null)
    {
        this.database = database;
        this.ids = ids;
        this.time = time;
        this.crash = crash;
        this.meter = meter;
        connection = database.Open();
        turn = new WriteTurn(connection);
        // The loop serves everybody: it must not run in the trace, the culture or the identity of whoever happened to ask for the queue first.
        using var nobodys = ExecutionContext.SuppressFlow();
        loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>
    /// Why the last transaction failed as a whole (disk full, database locked by another process), or null while writing works.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// Called after a commit that put messages into the outbox, with their channels, and after commits of other processes, with all; wakes
    /// the relays.
    /// </summary>
    public Action<OutboxChannels>? MessagesCommitted { get; set; }

    /// <summary>Wakes those who wait for changes in the feed, after each commit that has some, and after those of other processes.</summary>
    public CommitSignal Changes { get; } = new();

    /// <summary>Carries out one unit of work; completes after its commit, with its result or its exception.</summary>
    public Task<T> ExecuteAsync<T>(Func<UnitOfWork<TDb>, T> work, CancellationToken cancellationToken = default)
    {
        var unit = new Unit<TDb, T>(work, Activity.Current?.Id);
        return EnqueueAsync([unit], unit.Result, cancellationToken);
    }

    /// <summary>
    /// Carries out several units in one transaction, in order. Each has its own outcome: one that throws is taken back alone.
    /// </summary>
    public Task<IReadOnlyList<Outcome<T>>> ExecuteAllAsync<T>(
        IEnumerable<(Func<UnitOfWork<TDb>, T> Work, string? Traceparent)> works, CancellationToken cancellationToken = default)
    {
        var units = works.Select(w => new Unit<TDb, T>(w.Work, w.Traceparent)).ToList();
        return EnqueueAsync(units, CollectAsync(units), cancellationToken);
    }

    /// <summary>
    /// Carries out several units in one transaction, in order, and at last, in the same transaction, one that is told how they ended.
    /// </summary>
    /// <returns>What the last one returns, after the commit.</returns>
    public Task<TEnd> ExecuteAllAsync<T, TEnd>(
        IEnumerable<Func<UnitOfWork<TDb>, T>> works, Func<UnitOfWork<TDb>, IReadOnlyList<Outcome<T>>, TEnd> end, CancellationToken cancellationToken) =>
        ExecuteAllAsync(works.Select(w => (w, Activity.Current?.Id)), end, cancellationToken);

    /// <inheritdoc cref="ExecuteAllAsync{T, TEnd}(IEnumerable{Func{UnitOfWork{TDb}, T}}, Func{UnitOfWork{TDb}, IReadOnlyList{Outcome{T}}, TEnd}, CancellationToken)"/>
    public Task<TEnd> ExecuteAllAsync<T, TEnd>(
        IEnumerable<(Func<UnitOfWork<TDb>, T> Work, string? Traceparent)> works,
        Func<UnitOfWork<TDb>, IReadOnlyList<Outcome<T>>, TEnd> end,
        CancellationToken cancellationToken)
    {
        var units = works.Select(w => new Unit<TDb, T>(w.Work, w.Traceparent)).ToList();
        var last = new Unit<TDb, TEnd>(work => end(work, [.. units.Select(u => u.SoFar)]), Activity.Current?.Id);
        return EnqueueAsync([.. units, last], last.Result, cancellationToken);
    }

    /// <summary>
    /// True if writing works. After a failure it tries a small write, so that health comes back by itself once the cause is gone.
    /// </summary>
    public async Task<bool> IsWorkingAsync(CancellationToken cancellationToken)
    {
        if (Failure is null)
        {
            return !loop.IsCompleted;
        }

        // A full disk may still take a small write: only quiet shows that the failures have ended.
        if (time.GetUtcNow() < failedAt + Limits.FailureHold)
        {
            return false;
        }

        try
        {
            await ExecuteAsync(
                work => work.Statements.Run(
                    "INSERT INTO probe (id, at) VALUES (1, @now) ON CONFLICT (id) DO UPDATE SET at = @now",
                    ("@now", work.Now.ToUnixTimeMilliseconds())),
                cancellationToken);
            return true;
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            return false;
        }
    }

    /// <summary>Refuses new work, finishes what is queued, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop.ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<Outcome<T>>> CollectAsync<T>(IReadOnlyList<Unit<TDb, T>> units)
    {
        var outcomes = new Outcome<T>[units.Count];
        for (var i = 0; i < units.Count; i++)
        {
            try
            {
                outcomes[i] = new Outcome<T>(await units[i].Result, Error: null);
            }
#pragma warning disable CA1031 // The outcome carries the exception to the caller, who decides.
            catch (Exception e)
#pragma warning restore CA1031
            {
                outcomes[i] = new Outcome<T>(default, e);
            }
        }

        return outcomes;
    }

    private async Task<T> EnqueueAsync<T>(IReadOnlyList<Unit<TDb>> units, Task<T> result, CancellationToken cancellationToken)
    {
        if (units.Count > 0)
        {
            await waiting.Writer.WriteAsync(units, cancellationToken);
        }

        return await result;
    }
}

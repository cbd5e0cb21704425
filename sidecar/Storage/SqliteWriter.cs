using System.Threading.Channels;

namespace Sidecar.Storage;

/// <summary>
/// The one writer of a database, with group commit: whatever has queued up while the last commit ran goes into the next
/// transaction together. Each piece of work has a savepoint, so that one that throws is undone alone.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteSession _session;
    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(StorageLimits.QueuedWritesMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task _loop;

    public SqliteWriter(SqliteSession session)
    {
        _session = session;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Queues work and completes after the commit that holds it.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var item = new Work<T>(work, cancellationToken);
        if (!_queue.Writer.TryWrite(item))
        {
            try
            {
                await _queue.Writer.WriteAsync(item, cancellationToken);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException(nameof(SqliteWriter), "The database is closed.");
            }
        }
        return await item.Task;
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _session.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Work>(StorageLimits.BatchMax);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < StorageLimits.BatchMax && _queue.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }
            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<Work> batch)
    {
        try
        {
            _session.Prepare("BEGIN IMMEDIATE").ExecuteNonQuery();
            foreach (var item in batch)
            {
                if (!item.TryCancel())
                {
                    RunInSavepoint(item);
                }
            }
            _session.Prepare("COMMIT").ExecuteNonQuery();
        }
        // Disk full, file gone, locked by another process: every caller of this batch must know that nothing was stored.
        catch (Exception exception)
        {
            RollBackQuietly();
            foreach (var item in batch)
            {
                item.Fail(exception);
            }
        }
        foreach (var item in batch)
        {
            item.Complete();
        }
    }

    private void RunInSavepoint(Work item)
    {
        _session.Prepare("SAVEPOINT work").ExecuteNonQuery();
        try
        {
            item.Run(_session);
        }
        // The caller's own exception goes to the caller, after its commit slot has passed.
        catch (Exception exception)
        {
            item.Fail(exception);
            _session.Prepare("ROLLBACK TO work").ExecuteNonQuery();
        }
        _session.Prepare("RELEASE work").ExecuteNonQuery();
    }

    private void RollBackQuietly()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // SQLite has rolled back by itself, or never began.
        }
    }

    private abstract class Work
    {
        public abstract bool TryCancel();

        public abstract void Run(SqliteSession session);

        public abstract void Fail(Exception exception);

        public abstract void Complete();
    }

    private sealed class Work<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) : Work
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _done.Task;

        public override bool TryCancel()
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
            _failure = new OperationCanceledException(cancellationToken);
            return true;
        }

        public override void Run(SqliteSession session) => _result = work(session);

        public override void Fail(Exception exception) => _failure ??= exception;

        public override void Complete()
        {
            if (_failure is OperationCanceledException cancelled)
            {
                _done.TrySetCanceled(cancelled.CancellationToken);
            }
            else if (_failure is not null)
            {
                _done.TrySetException(_failure);
            }
            else
            {
                _done.TrySetResult(_result!);
            }
        }
    }
}

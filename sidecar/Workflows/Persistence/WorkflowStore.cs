using Sidecar.Storage;
using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Persistence;

/// <summary>
/// The engine's file: reads at once, writes in groups. Whatever changes have come while the last transaction ran go into the next
/// one together; a change that cannot be stored does not keep the others from it.
/// </summary>
internal sealed class WorkflowStore(SqliteDatabase database) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private List<Pending> _pending = [];
    private bool _isWriting;
    private Task _writing = Task.CompletedTask;

    /// <summary>Completes once a change is committed.</summary>
    public Task WriteAsync(StoredChange change)
    {
        var pending = new Pending(change);
        lock (_lock)
        {
            _pending.Add(pending);
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = Task.Run(WriteAllAsync);
            }
        }
        return pending.Done.Task;
    }

    /// <summary>Creates the tables where they are missing, and reads what there is to do.</summary>
    public Task<WorkToDo> LoadAsync() => database.WriteAsync(WorkflowReads.Load);

    /// <summary>An instance's row; null where there is none.</summary>
    public InstanceRow? Row(string id) => database.Read(session => WorkflowReads.Row(session, id));

    /// <summary>An instance's row, and how its generation was started; null where there is none.</summary>
    public (InstanceRow Row, InstanceStart Start)? RowAndStart(string id) => Snapshot<(InstanceRow, InstanceStart)?>(session =>
        WorkflowReads.Row(session, id) is { } row ? (row, WorkflowReads.Start(session, row.Key)) : null);

    /// <summary>An instance with all of its history; null where there is none.</summary>
    public (InstanceRow Row, InstanceState State)? Instance(string id) => Snapshot<(InstanceRow, InstanceState)?>(session =>
    {
        if (WorkflowReads.Row(session, id) is not { } row)
        {
            return null;
        }
        var start = WorkflowReads.Start(session, row.Key);
        return (row, InstanceState.Load(row, start.Event, start.Propagated, WorkflowReads.History(session, row.Key)));
    });

    /// <summary>Instance ids in order.</summary>
    public List<string> Ids(long offset, int count) => database.Read(session => WorkflowReads.Ids(session, offset, count));

    /// <summary>Instances that ended in a status until then, the oldest first, from the one after <paramref name="after"/> on.</summary>
    public List<EndedInstance> Ended(OrchestrationStatus status, long untilMs, EndedInstance? after, int count) =>
        database.Read(session => EndedReads.Page(session, status, untilMs, after, count));

    /// <summary>The first end in a status after then, in milliseconds since 1970; null where there is none.</summary>
    public long? FirstEndAfter(OrchestrationStatus status, long ms) => database.Read(session => EndedReads.FirstAfter(session, status, ms));

    /// <summary>Stores what waits, and leaves the file.</summary>
    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_lock)
        {
            writing = _writing;
        }
        await writing;
        await database.DisposeAsync();
    }

    // Several statements on one state of the file, or a continue-as-new in between could tear what they read.
    private T Snapshot<T>(Func<SqliteSession, T> read) => database.Read(session =>
    {
        session.Prepare("BEGIN").ExecuteNonQuery();
        try
        {
            return read(session);
        }
        finally
        {
            session.Prepare("COMMIT").ExecuteNonQuery();
        }
    });

    private async Task WriteAllAsync()
    {
        while (Next() is { } batch)
        {
            try
            {
                await database.WriteAsync(session => Write(session, batch));
                batch.ForEach(static p => p.Done.SetResult());
            }
            catch (Exception exception) when (batch.Count == 1)
            {
                batch[0].Done.SetException(exception);
            }
            // A full disk hits all of them, a broken change only itself: each has its own answer.
            catch (Exception)
            {
                await WriteOneByOneAsync(batch);
            }
        }
    }

    private async Task WriteOneByOneAsync(List<Pending> batch)
    {
        foreach (var pending in batch)
        {
            try
            {
                await database.WriteAsync(session => Write(session, [pending]));
                pending.Done.SetResult();
            }
            // Its owner decides what follows.
            catch (Exception exception)
            {
                pending.Done.SetException(exception);
            }
        }
    }

    private List<Pending>? Next()
    {
        lock (_lock)
        {
            if (_pending.Count == 0)
            {
                _isWriting = false;
                return null;
            }
            var batch = _pending;
            if (batch.Count <= WorkflowLimits.CommitChangesMax)
            {
                _pending = [];
                return batch;
            }
            _pending = batch.GetRange(WorkflowLimits.CommitChangesMax, batch.Count - WorkflowLimits.CommitChangesMax);
            batch.RemoveRange(WorkflowLimits.CommitChangesMax, _pending.Count);
            return batch;
        }
    }

    private static bool Write(SqliteSession session, List<Pending> batch)
    {
        foreach (var pending in batch)
        {
            WorkflowWrites.Write(session, pending.Change);
        }
        return true;
    }

    private sealed class Pending(StoredChange change)
    {
        public StoredChange Change => change;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

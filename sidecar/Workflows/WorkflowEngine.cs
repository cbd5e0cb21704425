using Sidecar.Resources;
using Sidecar.Storage;
using Sidecar.Telemetry.Metrics;
using Sidecar.Workflows.Persistence;
using Sidecar.Workflows.Running;
using Sidecar.Workflows.Tracing;
using Wire.Workflow;

namespace Sidecar.Workflows;

/// <summary>
/// The workflow engine of one app on one SQLite file. Whatever a caller was told is in the file: after a kill, activities and turns
/// that had no answer are given out again, and timers that have become due fire.
/// </summary>
public sealed partial class WorkflowEngine : IWorkflowEngine, IAsyncDisposable
{
    private readonly FileLock _fileLock;
    private readonly EngineContext _context;
    private readonly Retention? _retention;

    private WorkflowEngine(FileLock fileLock, EngineContext context, Retention? retention)
    {
        _fileLock = fileLock;
        _context = context;
        _retention = retention;
    }

    /// <inheritdoc/>
    public int ConnectedWorkers => _context.Work.SessionCount;

    /// <summary>Instances that are in memory: those with work, and some of those that only wait.</summary>
    internal int InstancesInMemory => _context.Instances.Count;

    /// <summary>Opens or creates an app's workflows, and goes on with those that have work.</summary>
    /// <param name="path">The file; one engine at a time may have it open.</param>
    /// <param name="appId">The app.</param>
    /// <param name="time">Clock, for events and timers.</param>
    /// <param name="newId">Source of instance and execution ids.</param>
    /// <param name="loggers">Loggers.</param>
    /// <param name="retention">How long finished instances are kept; null for ever.</param>
    /// <param name="idleBytesMax">Bytes of history kept in memory for instances that only wait.</param>
    /// <param name="tracing">Its spans; null for none.</param>
    /// <param name="meter">Its metrics; null for none.</param>
    /// <exception cref="IOException">Another engine has the file open.</exception>
    public static async Task<WorkflowEngine> OpenAsync(
        string path, string appId, TimeProvider time, Func<Guid> newId, ILoggerFactory loggers,
        WorkflowRetentionPolicy? retention = null, long idleBytesMax = WorkflowLimits.IdleBytesMax, WorkflowTracing? tracing = null,
        SidecarMeter? meter = null)
    {
        var fileLock = FileLock.TryTake(path + ".lock") ?? throw new IOException($"'{path}' is open in another workflow engine");
        WorkflowStore? store = null;
        try
        {
            store = new WorkflowStore(SqliteDatabase.Open(path));
            var found = await store.LoadAsync();
            var instances = new Instances(idleBytesMax);
            var context = new EngineContext(appId, store, found, time, newId, loggers.CreateLogger<WorkflowEngine>())
            {
                Instances = instances,
                Tracing = tracing ?? WorkflowTracing.Off,
                Meter = meter,
                Timers = new TimerQueue(time, (id, key, timer, dueMs) => instances.Post(id, Due(key, timer, dueMs))),
            };
            instances.Create = id => new InstanceActor(id, context);
            GoOn(context, found);
            return new WorkflowEngine(fileLock, context, Retention.Start(context, retention));
        }
        catch
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }
            fileLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task CompleteTurnAsync(WorkflowResponse response, CancellationToken cancellationToken) =>
        PostAsync(response.InstanceId, new TurnAnswer(response), cancellationToken);

    /// <inheritdoc/>
    public Task CompleteActivityAsync(ActivityResponse response, CancellationToken cancellationToken) =>
        PostAsync(response.InstanceId, new ActivityAnswer(response), cancellationToken);

    /// <inheritdoc/>
    public IWorkerSession Connect()
    {
        var session = _context.Work.Connect();
        foreach (var id in _context.Instances.Stalled)
        {
            _context.Instances.Post(id, new RetryStallOperation());
        }
        return session;
    }

    /// <summary>Stops: ends all sessions and waits, stores what was being stored, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _context.Stopping.CancelAsync();
        _context.Work.Close();
        _context.Timers.Dispose();
        if (_retention is not null)
        {
            await _retention.DisposeAsync();
        }
        await _context.Store.DisposeAsync();
        _fileLock.Dispose();
    }

    private static Operation Due(long key, int timer, long dueMs) =>
        timer == InstanceActor.WakeTimer ? new WakeOperation() : new TimerOperation(key, timer, dueMs);

    private static void GoOn(EngineContext context, WorkToDo found)
    {
        var now = context.NowMs;
        // What was accepted before the stop comes before what has become due since. All of one instance comes at once: an activity
        // whose answer is among it must not be given out before that is read.
        foreach (var messages in found.Messages.GroupBy(static m => m.Target))
        {
            context.Instances.Post(messages.Key, [.. messages.Select(static m => new MessageOperation(m))]);
        }
        foreach (var (id, key, timer, dueMs) in found.Timers)
        {
            context.Timers.Set(id, key, timer, dueMs);
        }
        foreach (var (id, key, atMs, isStalled) in found.Wakes)
        {
            context.Instances.MarkStalled(id, isStalled);
            if (atMs > now)
            {
                context.Timers.Set(id, key, InstanceActor.WakeTimer, atMs);
            }
            else
            {
                context.Instances.Post(id, new WakeOperation());
            }
        }
    }
}

using Sidecar.Telemetry.Metrics;
using Sidecar.Workflows.Dispatch;
using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Persistence;
using Sidecar.Workflows.Tracing;

namespace Sidecar.Workflows.Running;

/// <summary>What the instances of one engine share.</summary>
internal sealed class EngineContext(string appId, WorkflowStore store, WorkToDo found, TimeProvider time, Func<Guid> newId, ILogger logger)
{
    private long _lastKey = found.LastKey;
    private long _lastSeq = found.LastSeq;

    /// <summary>The app whose workflows these are.</summary>
    public string AppId => appId;

    /// <summary>The file.</summary>
    public WorkflowStore Store => store;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Where everything is logged.</summary>
    public ILogger Logger => logger;

    /// <summary>Work for workers.</summary>
    public WorkQueue Work { get; } = new();

    /// <summary>Clients that wait.</summary>
    public Waiters Waiters { get; } = new();

    /// <summary>What is due at some time.</summary>
    public required TimerQueue Timers { get; init; }

    /// <summary>The instances in memory.</summary>
    public required Instances Instances { get; init; }

    /// <summary>The spans.</summary>
    public WorkflowTracing Tracing { get; init; } = WorkflowTracing.Off;

    /// <summary>The metrics; null where they are off.</summary>
    public SidecarMeter? Meter { get; init; }

    /// <summary>Cancelled when the engine stops.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>The time in milliseconds since 1970.</summary>
    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A new id.</summary>
    public Guid NewId() => newId();

    /// <summary>A number for a stored instance.</summary>
    public long NextKey() => Interlocked.Increment(ref _lastKey);

    /// <summary>A number for a stored inbox row.</summary>
    public long NextSeq() => Interlocked.Increment(ref _lastSeq);

    /// <summary>What a turn needs.</summary>
    public TurnContext Turn() => new(appId, time.GetUtcNow(), newId, NextSeq) { Tracing = Tracing };
}

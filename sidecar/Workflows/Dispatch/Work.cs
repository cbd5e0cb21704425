using Wire.Workflow;

namespace Sidecar.Workflows.Dispatch;

/// <summary>A piece of work for a worker. Its place (waiting, with a worker, done) belongs to the <see cref="WorkQueue"/>.</summary>
internal abstract class Work
{
    /// <summary>The worker that has it or is about to get it; null while it waits. Guarded by the queue.</summary>
    public WorkerSession? Owner { get; set; }

    /// <summary>Its turn in the queue, kept when it is given again. Guarded by the queue.</summary>
    public long Order { get; set; }

    /// <summary>True once nobody needs it any more. Guarded by the queue.</summary>
    public bool IsDone { get; set; }

    /// <summary>True while its owner has it in hand. Guarded by the queue.</summary>
    public bool IsTaken { get; set; }

    /// <summary>True once any worker has had it in hand, so that an answer to it may come. Guarded by the queue.</summary>
    public bool WasTaken { get; set; }

    /// <summary>
    /// True if its instance has moved on while a worker holds it: it is not given again, but counts as open until it is answered or
    /// the worker is gone, because its answer could be taken for another's. Guarded by the queue.
    /// </summary>
    public bool IsAbandoned { get; set; }

    /// <summary>True for a turn, false for an activity: workers have room for so many of each.</summary>
    public abstract bool IsTurn { get; }

    /// <summary>Called when the worker that held abandoned work is gone.</summary>
    public System.Action? Released { get; init; }

    /// <summary>The item for the worker, made when it takes it.</summary>
    public abstract WorkItem ToItem();
}

/// <summary>An activity to run. Every delivery is the same.</summary>
internal sealed class ActivityWork(ActivityRequest request, string executionId) : Work
{
    private readonly WorkItem _item = new() { ActivityRequest = request };

    /// <summary>The generation of its instance.</summary>
    public string ExecutionId => executionId;

    /// <inheritdoc/>
    public override bool IsTurn => false;

    /// <inheritdoc/>
    public override WorkItem ToItem() => _item;
}

/// <summary>
/// A turn to run. Until a worker takes it, what arrives for the instance still goes with it; from then on its events are settled, and
/// the answer is for them.
/// </summary>
internal sealed class TurnWork(string instanceId, TimeProvider time, TaskRouter? router) : Work
{
    private readonly Lock _lock = new();
    private IReadOnlyList<HistoryEvent> _history = [];
    private int _historyCount;
    private HistoryEvent[] _inbox = [];
    private PropagatedHistory? _propagated;
    private HistoryEvent? _started;
    private int _taken;

    /// <inheritdoc/>
    public override bool IsTurn => true;

    /// <summary>What the instance holds now. Only events that are stored.</summary>
    public void Offer(IReadOnlyList<HistoryEvent> history, HistoryEvent[] inbox, PropagatedHistory? propagated)
    {
        lock (_lock)
        {
            (_history, _historyCount, _inbox, _propagated) = (history, history.Count, inbox, propagated);
        }
    }

    /// <summary>What the worker was given: the turn's first event and how much of the inbox; null where nobody has taken it.</summary>
    public (HistoryEvent Started, int Taken, bool IsExtended)? Given
    {
        get
        {
            lock (_lock)
            {
                return _started is null ? null : (_started, _taken, IsExtended);
            }
        }
    }

    private bool IsExtended { get; set; }

    /// <inheritdoc/>
    public override WorkItem ToItem()
    {
        lock (_lock)
        {
            // A worker that was lost may still answer the first delivery, which held less.
            IsExtended |= _started is not null && _taken != _inbox.Length;
            _started = Logic.Events.Started(time.GetUtcNow(), router);
            _taken = _inbox.Length;
            var request = new WorkflowRequest { InstanceId = instanceId, PropagatedHistory = _propagated };
            request.PastEvents.Capacity = _historyCount;
            for (var i = 0; i < _historyCount; i++)
            {
                request.PastEvents.Add(_history[i]);
            }
            request.NewEvents.Add(_started);
            request.NewEvents.AddRange(_inbox);
            return new WorkItem { WorkflowRequest = request };
        }
    }
}

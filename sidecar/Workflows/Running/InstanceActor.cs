using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Persistence;

namespace Sidecar.Workflows.Running;

/// <summary>
/// One instance in memory. It runs the operations posted to it one after the other: changes its state, stores the change, and only
/// then lets anybody see what follows: answers, work, messages, timers. While a change is being stored further operations wait, and
/// then go into the next transaction together. If storing fails, its state is read again from the file.
/// </summary>
internal sealed partial class InstanceActor(string id, EngineContext context)
{
    /// <summary>The timer id of what is not a workflow's timer: a scheduled start, a pause.</summary>
    public const int WakeTimer = int.MinValue;

    private readonly Lock _lock = new();
    private readonly OpenWork _work = new(id, context);
    private readonly OpenTimers _timers = new(id, context);
    private List<Operation> _queue = [];
    private volatile Snapshot? _snapshot;
    private bool _isRunning;
    private bool _hasLeft;

    // From here on only the running loop reads or writes.
    private InstanceState? _state;
    private bool _isLoaded;
    private InboxEntry[] _storedInbox = [];
    private long? _storedWakeMs;
    private long _pausedUntilMs;
    private bool _retriesStall;

    /// <summary>Instance id.</summary>
    public string Id => id;

    /// <summary>The stored state; null where the file has to be asked.</summary>
    public Snapshot? Snapshot => _snapshot;

    /// <summary>Its place among those that only wait. Guarded by <see cref="Instances"/>.</summary>
    public LinkedListNode<InstanceActor>? IdleNode { get; set; }

    /// <summary>What it counts for there, in bytes.</summary>
    public long IdleBytes { get; set; }

    /// <summary>Has it do something; false where it has left memory and another one is to be asked for.</summary>
    public bool TryPost(ReadOnlySpan<Operation> operations)
    {
        lock (_lock)
        {
            if (_hasLeft)
            {
                return false;
            }
            _queue.AddRange(operations);
            if (_isRunning)
            {
                return true;
            }
            _isRunning = true;
        }
        context.Instances.RemoveIdle(this);
        ThreadPool.UnsafeQueueUserWorkItem(static actor => _ = actor.RunAllAsync(), this, preferLocal: true);
        return true;
    }

    /// <summary>Leaves memory, unless something has been posted to it.</summary>
    public void LeaveIfIdle()
    {
        lock (_lock)
        {
            if (_isRunning || _hasLeft || !IsIdle)
            {
                return;
            }
            _hasLeft = true;
            _snapshot = null;
            context.Instances.Remove(this);
        }
    }

    // A start that lies ahead is read again with the instance; whatever else is in an inbox is not.
    private bool IsIdle => _state is { IsFinished: false } state && !_work.HasAny
        && (state.Inbox.Count == 0 || state is { Status: Wire.Workflow.OrchestrationStatus.Pending, Inbox.Count: 1 });

    private async Task RunAllAsync()
    {
        while (Next() is { } operations)
        {
            if (context.Stopping.IsCancellationRequested)
            {
                operations.ForEach(o => o.Failed(context, new OperationCanceledException("The workflow engine stops.")));
                continue;
            }
            try
            {
                await RunAsync(operations);
            }
            // Neither a broken file nor a broken operation may stop an instance for good.
            catch (Exception exception)
            {
                await RecoverAsync(operations, exception);
            }
        }
    }

    private List<Operation>? Next()
    {
        long bytes;
        lock (_lock)
        {
            if (_queue.Count > 0)
            {
                var barrier = _queue.FindIndex(1, static o => o.IsBarrier);
                var operations = _queue;
                _queue = [];
                if (barrier > 0)
                {
                    _queue.AddRange(operations[barrier..]);
                    operations.RemoveRange(barrier, operations.Count - barrier);
                }
                return operations;
            }
            _isRunning = false;
            _hasLeft = !_work.HasAny && (!_isLoaded || _state is null or { IsFinished: true });
            if (_hasLeft)
            {
                _snapshot = null;
                context.Instances.Remove(this);
                return null;
            }
            if (!IsIdle)
            {
                return null;
            }
            bytes = _state!.HistoryBytes + _state.InboxBytes + WorkflowLimits.IdleOverheadBytes;
        }
        context.Instances.AddIdle(this, bytes);
        return null;
    }

    private async Task RunAsync(List<Operation> operations)
    {
        Load();
        var scope = new InstanceScope(id, context, _work) { State = _state };
        List<(Operation, WorkflowException)>? refused = null;
        foreach (var operation in operations)
        {
            try
            {
                operation.Run(scope);
            }
            catch (WorkflowException exception)
            {
                (refused ??= []).Add((operation, exception));
            }
            catch (Exception exception)
            {
                throw new OperationFault(operation, exception);
            }
        }
        _retriesStall = scope.RetriesStall ?? _retriesStall;
        _pausedUntilMs = scope.PausedUntilMs ?? _pausedUntilMs;
        StallIfTooLarge(scope);
        _state = scope.State;
        if (scope.Change.HasAny)
        {
            await StoreAsync(scope);
        }
        refused?.ForEach(r => r.Item1.Failed(context, r.Item2));
        foreach (var operation in operations)
        {
            if (refused is null || !refused.Exists(r => ReferenceEquals(r.Item1, operation)))
            {
                operation.Committed(scope);
            }
        }
        Follow(scope);
    }

    private void Load()
    {
        if (_isLoaded)
        {
            return;
        }
        var stored = context.Store.Instance(id);
        _state = stored?.State;
        _storedWakeMs = stored?.Row.WakeMs;
        if (stored is { } found)
        {
            _snapshot = new Snapshot(found.Row, new InstanceStart(found.State.Start, found.State.Incoming));
            foreach (var entry in _storedInbox)
            {
                found.State.Restore(entry);
            }
            _timers.Know(found.State);
            context.Instances.MarkStalled(id, found.State.Stalled is not null);
        }
        _isLoaded = true;
    }

    // While a worker has a turn in hand its answer may still end the instance.
    private void StallIfTooLarge(InstanceScope scope)
    {
        if (scope.State is { IsFinished: false, Inbox.Count: > 0 } state && !_work.IsTurnGiven && PayloadSize.Refusal(state) is { } reason)
        {
            new TurnApplier(state, scope.Change, context.Turn()).Stall(Wire.Workflow.StalledReason.PayloadSizeExceeded, reason);
            _retriesStall = false;
        }
    }

    private async Task StoreAsync(InstanceScope scope)
    {
        var (change, state) = (scope.Change, scope.State);
        var row = state is null ? null : InstanceRow.Of(state);
        if (change.History.Count > 0)
        {
            state!.Batches++;
        }
        var wake = row?.WakeMs;
        await context.Store.WriteAsync(new StoredChange(change, row, state?.Batches ?? 0, wake != _storedWakeMs));
        if (change.IsChanged || change.IsNew)
        {
            _storedWakeMs = wake;
            var snapshot = new Snapshot(row!, new InstanceStart(state!.Start, state.Incoming));
            _snapshot = snapshot;
            context.Waiters.Tell(snapshot, state);
        }
        else if (state is null)
        {
            _snapshot = null;
            context.Waiters.TellGone(id);
        }
    }

    // What the stored change brings about.
    private void Follow(InstanceScope scope)
    {
        scope.Change.Spans.ForEach(span => span.EndAt(context.Time.GetUtcNow()));
        ChangeMetrics.Count(context.Meter, scope.Change, _state);
        _storedInbox = _state is { Inbox.Count: > 0 } ? [.. _state.Inbox] : [];
        _timers.Match(_state, scope.Change);
        foreach (var message in scope.Change.Messages)
        {
            if (message.Target != id || !HasArrived(message, scope.Change))
            {
                context.Instances.Post(message.Target, new MessageOperation(message));
            }
        }
        if (scope.Change.IsChanged)
        {
            context.Instances.MarkStalled(id, _state?.Stalled is not null);
        }
        if (_state is { Stalled: { } stalled } && scope.Change.History.Count > 0)
        {
            WorkflowLog.Stalled(context.Logger, id, stalled.Description);
        }
        _work.Match(_state, IsTurnDue());
    }

    // In the inbox already, or taken out of it again by the same change: a continue-as-new has put it in anew.
    private bool HasArrived(Message message, InstanceChange change) =>
        _state?.Inbox.Exists(e => e.Seq == message.Seq) == true || change.InboxRemoved.Contains(message.Seq);

    private bool IsTurnDue()
    {
        if (_state is not { IsFinished: false } state || (state.Inbox.Count == 0 && !state.NeedsTurn))
        {
            return false;
        }
        var now = context.NowMs;
        if (state.IsScheduledAfter(now))
        {
            context.Timers.Set(id, state.Key, WakeTimer, Events.DueMs(state.Start.ExecutionStarted.ScheduledStartTimestamp));
            return false;
        }
        if (_pausedUntilMs > now)
        {
            context.Timers.Set(id, state.Key, WakeTimer, _pausedUntilMs);
            return false;
        }
        return state.Stalled is null || _retriesStall;
    }
}

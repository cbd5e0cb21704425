using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>A client starts an instance.</summary>
internal sealed class StartOperation(HistoryEvent start) : Request
{
    /// <summary>Completes once the instance's first turn is stored; null for a start that is scheduled. Known once it is done.</summary>
    public Waiter? FirstTurn { get; private set; }

    /// <inheritdoc/>
    public override bool IsBarrier => true;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        if (scope.StartRefusal() is { } refusal)
        {
            throw refusal;
        }
        scope.Create(start, null);
    }

    /// <inheritdoc/>
    public override void Committed(InstanceScope scope)
    {
        if (start.ExecutionStarted.ScheduledStartTimestamp is null)
        {
            // Before its first turn is given out, so that no state of it is missed.
            FirstTurn = scope.Context.Waiters.AddFor(scope.State!, static row => row.Status != OrchestrationStatus.Pending);
        }
        base.Committed(scope);
    }
}

/// <summary>A client raises an event, terminates, suspends or resumes.</summary>
/// <param name="e">The event or order.</param>
/// <param name="obeyed">What an order brings about; null where it is enough that the event is stored.</param>
internal sealed class EventOperation(HistoryEvent e, Func<InstanceRow, bool>? obeyed = null) : Request
{
    /// <summary>Completes once the order has been obeyed; null where that is not waited for. Known once the operation is done.</summary>
    public Waiter? Obeyed { get; private set; }

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        var state = scope.Existing;
        if (state.IsFinished)
        {
            return;
        }
        if (state.Stalled is not null)
        {
            throw new WorkflowException(WorkflowError.NotAllowed, $"failed to invoke method for workflow '{scope.Id}': actor is stalled");
        }
        scope.AddToInbox(e);
    }

    /// <inheritdoc/>
    public override void Committed(InstanceScope scope)
    {
        Obeyed = obeyed is null ? null : scope.Context.Waiters.AddFor(scope.Existing, obeyed, e);
        base.Committed(scope);
    }
}

/// <summary>A client has an instance forgotten.</summary>
internal sealed class PurgeOperation(bool force) : Request
{
    /// <inheritdoc/>
    public override bool IsBarrier => true;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        var state = scope.Existing;
        if (!state.IsFinished && !force)
        {
            throw new WorkflowException(WorkflowError.NotAllowed, "orchestration has not yet completed");
        }
        scope.Delete(state);
    }
}

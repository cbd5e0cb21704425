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
            FirstTurn = scope.Context.Waiters.Add(scope.Id, static row => row.Status != OrchestrationStatus.Pending);
        }
        base.Committed(scope);
    }
}

/// <summary>A client raises an event, terminates, suspends or resumes.</summary>
internal sealed class EventOperation(HistoryEvent e) : Request
{
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

using Sidecar.Workflows.Logic;
using Wire.Workflow;

namespace Sidecar.Workflows.Running;

/// <summary>Looks whether there is something to do.</summary>
internal sealed class WakeOperation : Operation
{
    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        // What follows from the state follows after every operation.
    }
}

/// <summary>A worker has connected: its code may be the one that a stalled instance needs.</summary>
internal sealed class RetryStallOperation : Operation
{
    /// <inheritdoc/>
    public override void Run(InstanceScope scope) => scope.RetriesStall = true;
}

/// <summary>A timer is due.</summary>
/// <param name="key">The stored instance's number.</param>
/// <param name="timer">Timer id.</param>
/// <param name="dueMs">When it was due: another generation may have given its id to another timer meanwhile.</param>
internal sealed class TimerOperation(long key, int timer, long dueMs) : Operation
{
    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        // The firing itself is not stored: until a turn has seen it, the timer is, and fires again after a restart.
        if (scope.State is { IsFinished: false } state && state.Key == key
            && state.OpenTimers.TryGetValue(timer, out var created) && Events.DueMs(created.TimerCreated.FireAt) == dueMs
            && !state.Inbox.Exists(e => e.Event.TimerFired?.TimerId == timer))
        {
            state.AddToInbox(new InboxEntry(0, Events.Fired(scope.Context.Time.GetUtcNow(), created)));
        }
    }

    /// <inheritdoc/>
    public override bool Failed(EngineContext context, Exception exception) => true;
}

/// <summary>A stored event reaches its instance: sent by another one, or found in the file after a restart.</summary>
internal sealed class MessageOperation(Message message) : Operation
{
    /// <inheritdoc/>
    public override bool IsBarrier => message.Event.ExecutionStarted is not null;

    /// <inheritdoc/>
    public override void Run(InstanceScope scope)
    {
        if (message.Event.ExecutionStarted is not null)
        {
            Start(scope);
            scope.Change.InboxRemoved.Add(message.Seq);
            return;
        }
        if (message.Event.EventRaised is { } raised)
        {
            LogSent(scope, raised);
        }
        if (scope.State is { IsFinished: false } state && state.Accepts(message.Event, message.Source))
        {
            state.AddToInbox(new InboxEntry(message.Seq, message.Event));
            return;
        }
        WorkflowLog.MessageDropped(scope.Context.Logger, scope.Id, message.Event.EventTypeCase.ToString(), message.Source);
        scope.Change.InboxRemoved.Add(message.Seq);
    }

    /// <inheritdoc/>
    public override bool Failed(EngineContext context, Exception exception) => true;

    private void Start(InstanceScope scope)
    {
        if (scope.State is { IsFinished: false } active && Children.IsSameStart(active.Start, message.Event))
        {
            return; // the parent asked twice, for instance in two generations
        }
        if (scope.StartRefusal() is not { } refusal)
        {
            scope.Create(message.Event, message.Propagated);
            return;
        }
        WorkflowLog.StartRefused(scope.Context.Logger, scope.Id, message.Source, refusal.Message);
        if (message.Event.ExecutionStarted.ParentInstance is { } parent)
        {
            var failed = Events.Failed(
                scope.Context.Time.GetUtcNow(), parent.TaskScheduledId, isChild: true, Events.AlreadyExistsType, refusal.Message);
            scope.Change.Messages.Add(new Message(scope.Context.NextSeq(), parent.WorkflowInstance.InstanceId, scope.Id, failed, null));
        }
    }

    private void LogSent(InstanceScope scope, EventRaisedEvent raised)
    {
        if (message.Source is { } source)
        {
            WorkflowLog.EventSent(scope.Context.Logger, scope.Id, source, raised.Name);
        }
    }
}

using Sidecar.Telemetry;
using Wire.Workflow;
using Action = Wire.Workflow.WorkflowAction;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// Applies a worker's answer to an instance: the turn's events and the events that its actions make become history, in this order,
/// and what they ask for (activities, timers, messages to other instances) is added to the change. Follows daprd 1.18
/// (durabletask-go 0.12.4) but where a comment says otherwise.
/// </summary>
internal sealed class TurnApplier(InstanceState state, InstanceChange change, TurnContext context)
{
    private readonly ActionEvents _events = new(state, context);
    private readonly List<Message> _sent = [];
    private readonly List<int> _scheduled = [];
    private bool _isComplete;

    /// <summary>Applies an answer.</summary>
    /// <param name="started">The turn's <c>workflowStarted</c>.</param>
    /// <param name="taken">How many inbox entries the turn held.</param>
    /// <param name="answer">The worker's answer.</param>
    /// <returns>Why the answer could not be right, in which case the instance has failed; null where it could.</returns>
    public string? Apply(HistoryEvent started, int taken, WorkflowResponse answer)
    {
        state.NeedsTurn = false;
        change.IsChanged = true;
        if (Patches.Mismatch(state.TakenPatches, answer.Version) is { } mismatch)
        {
            Stall(StalledReason.PatchMismatch, mismatch);
            return null;
        }
        if (answer.Actions.Any(static a => a.WorkflowVersionNotAvailable is not null))
        {
            Stall(StalledReason.VersionNotAvailable, "Version not available: ");
            return null;
        }
        if (answer.Actions.FirstOrDefault(IsOversizeTask) is { } oversize)
        {
            Stall(StalledReason.PayloadSizeExceeded, PayloadSize.OfActivity(oversize.ScheduleTask.Name, oversize.Id, oversize.CalculateSize()));
            return null;
        }
        var wrong = AnswerCheck.Refusal(state, taken, answer);
        var terminated = state.Inbox.Take(taken).Select(static e => e.Event).FirstOrDefault(static e => e.ExecutionTerminated is not null);
        TakeTurn(started, taken, answer.Version);
        // The JavaScript SDK sends an empty one where its code has set none.
        state.CustomStatus = string.IsNullOrEmpty(answer.CustomStatus) ? null : answer.CustomStatus;
        if (wrong is not null)
        {
            Complete(ActionEvents.Failure(wrong));
        }
        else if (!ApplyAll(answer.Actions, terminated is not null))
        {
            change.Messages.AddRange(_sent);
            return null;
        }
        if (terminated is not null && !state.IsFinished)
        {
            // The order has been seen and will not come again: what the code did instead of ending is dropped.
            _sent.Clear();
            _scheduled.ForEach(id => state.OpenActivities.Remove(id));
            Complete(ActionEvents.Termination(terminated.ExecutionTerminated.Input));
        }
        if (state.IsFinished)
        {
            Finish(terminated);
        }
        change.Messages.AddRange(_sent);
        return wrong;
    }

    /// <summary>Stops an instance until something that is not its own has changed.</summary>
    public void Stall(StalledReason reason, string description)
    {
        change.IsChanged = true;
        // The text of a size names it, and each event more would change it.
        if (state.History is [.., { ExecutionStalled: { } last }]
            && last.Reason == reason && (reason == StalledReason.PayloadSizeExceeded || last.Description == description))
        {
            return;
        }
        Append(Events.Stalled(context.Now, reason, description));
    }

    private static bool IsOversizeTask(Action action) => action.ScheduleTask is not null && action.CalculateSize() > WorkflowLimits.PayloadBytesMax;

    private void TakeTurn(HistoryEvent started, int taken, WorkflowVersion? version)
    {
        if (Patches.New(state.TakenPatches, version) is { } patches)
        {
            started = started.Clone();
            started.WorkflowStarted.Version = patches;
        }
        if (state is { History.Count: 0, HasContinued: false })
        {
            var asked = state.Start.ExecutionStarted.ScheduledStartTimestamp ?? state.Start.Timestamp;
            change.Scheduled = started.Timestamp.ToDateTimeOffset() - asked.ToDateTimeOffset();
        }
        Append(started);
        foreach (var entry in state.Inbox.Take(taken))
        {
            if (entry.Seq != 0)
            {
                change.InboxRemoved.Add(entry.Seq);
            }
            if (entry.Event.TimerFired is { } fired)
            {
                change.TimersRemoved.Add(fired.TimerId);
                if (state.OpenTimers.TryGetValue(fired.TimerId, out var created))
                {
                    Trace(context.Tracing.Timer(state, created));
                }
            }
            Append(entry.Event);
        }
        state.TakeFromInbox(taken);
    }

    // False where the instance has continued as new, after which nothing else counts.
    private bool ApplyAll(IEnumerable<Action> actions, bool isTerminated)
    {
        foreach (var action in actions)
        {
            switch (action.WorkflowActionTypeCase)
            {
                case Action.WorkflowActionTypeOneofCase.ScheduleTask:
                    Append(_events.Scheduled(action));
                    _scheduled.Add(action.Id);
                    RefuseForeignTask(action);
                    break;
                case Action.WorkflowActionTypeOneofCase.CreateTimer:
                    AddTimer(_events.TimerCreated(action));
                    break;
                case Action.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                    CreateChild(action);
                    break;
                case Action.WorkflowActionTypeOneofCase.CreateDetachedWorkflow:
                    CreateDetached(action);
                    break;
                case Action.WorkflowActionTypeOneofCase.SendEvent:
                    Append(_events.Sent(action));
                    Send(action.SendEvent.Instance.InstanceId, Events.Raised(context.Now, action.SendEvent.Name, action.SendEvent.Data));
                    break;
                case Action.WorkflowActionTypeOneofCase.TerminateWorkflow:
                    var order = action.TerminateWorkflow;
                    Send(order.InstanceId, Events.Terminated(context.Now, order.Reason, order.Recurse));
                    break;
                case Action.WorkflowActionTypeOneofCase.CompleteWorkflow when _isComplete:
                    break; // the first completion wins
                case Action.WorkflowActionTypeOneofCase.CompleteWorkflow
                    when action.CompleteWorkflow.WorkflowStatus == OrchestrationStatus.ContinuedAsNew:
                    // An order to end must not be lost with the old generation.
                    if (!isTerminated)
                    {
                        ContinueAsNew(action);
                        return false;
                    }
                    break;
                case Action.WorkflowActionTypeOneofCase.CompleteWorkflow:
                    Complete(action);
                    break;
            }
        }
        return true;
    }

    private void AddTimer(HistoryEvent created)
    {
        Append(created);
        change.TimersAdded.Add(created);
    }

    private void CreateChild(Action action)
    {
        var created = _events.ChildCreated(action);
        Append(created);
        if (_events.ForeignApp(action) is { } app)
        {
            Answer(Events.Failed(context.Now, action.Id, isChild: true, "CrossAppNotSupported", ActionEvents.CrossAppText(app, context.AppId)));
            return;
        }
        var scope = created.ChildWorkflowInstanceCreated.HistoryPropagationScope;
        Send(created.ChildWorkflowInstanceCreated.InstanceId, _events.ChildStart(action, created), Propagation.Assemble(state, scope, context.AppId));
    }

    private void CreateDetached(Action action)
    {
        var created = _events.DetachedCreated(action);
        Append(created);
        Send(created.DetachedWorkflowInstanceCreated.InstanceId, _events.DetachedStart(action));
    }

    // daprd would look for the other app for ever; this sidecar knows that it cannot reach one.
    private void RefuseForeignTask(Action action)
    {
        if (_events.ForeignApp(action) is { } app)
        {
            Answer(Events.Failed(context.Now, action.Id, isChild: false, "CrossAppNotSupported", ActionEvents.CrossAppText(app, context.AppId)));
        }
    }

    // An answer to a task of this instance that comes from the engine itself.
    private void Answer(HistoryEvent answer)
    {
        var isOpen = answer.TaskFailed is { } task
            ? state.OpenActivities.Remove(task.TaskScheduledId)
            : state.OpenChildren.Remove(answer.ChildWorkflowInstanceFailed.TaskScheduledId);
        if (isOpen)
        {
            var message = Send(state.Id, answer);
            state.AddToInbox(new InboxEntry(message.Seq, answer));
        }
    }

    private void Complete(Action action)
    {
        _isComplete = true;
        var completed = _events.Completed(action);
        Append(completed);
        Trace(context.Tracing.Instance(state, completed.ExecutionCompleted.WorkflowStatus));
        if (state.Start.ExecutionStarted.ParentInstance is { } parent)
        {
            Send(parent.WorkflowInstance.InstanceId, _events.ChildDone(action, parent));
        }
    }

    private void Finish(HistoryEvent? terminated)
    {
        change.DropsTimers |= state.OpenTimers.Count > 0;
        change.TimersAdded.Clear();
        foreach (var entry in state.Inbox.Where(static e => e.Seq != 0))
        {
            change.InboxRemoved.Add(entry.Seq);
        }
        state.TakeFromInbox(state.Inbox.Count);
        if (terminated is { ExecutionTerminated: { Recurse: true } order })
        {
            foreach (var child in Children.Of(state.History))
            {
                Send(child, Events.Terminated(context.Now, order.Input, recurse: true));
            }
        }
    }

    private void ContinueAsNew(Action action)
    {
        Trace(context.Tracing.Instance(state, OrchestrationStatus.ContinuedAsNew));
        var isFirstTurn = state.Batches == 0;
        state.ContinuedInARow = isFirstTurn ? state.ContinuedInARow + 1 : 1;
        var start = _events.NextGeneration(action);
        var incoming = state.Incoming is { } received ? Propagation.Assemble(state, received.Scope, context.AppId) : null;
        // Stored again behind the events that the old generation left unread, so that they keep their order.
        var arrived = state.Inbox.Where(static e => e.Seq != 0).ToList();
        state.TakeFromInbox(state.Inbox.Count);
        change.InboxRemoved.AddRange(arrived.Select(static e => e.Seq));
        change.DropsTimers |= state.OpenTimers.Count > 0;
        change.TimersAdded.Clear();
        change.WipesHistory = true;
        change.History.Clear();
        change.Start = new InstanceStart(start, incoming);
        state.Restart(start, incoming);
        state.AddToInbox(new InboxEntry(0, start));
        foreach (var e in action.CompleteWorkflow.CarryoverEvents.Concat(arrived.Select(static e => e.Event)).Where(OutlivesGeneration))
        {
            state.AddToInbox(new InboxEntry(Send(state.Id, e).Seq, e));
        }
    }

    // Answers to what the old generation asked for mean nothing to the new one.
    private static bool OutlivesGeneration(HistoryEvent e) =>
        e.EventRaised is not null || e.ExecutionSuspended is not null || e.ExecutionResumed is not null || e.ExecutionTerminated is not null;

    private Message Send(string target, HistoryEvent e, PropagatedHistory? propagated = null)
    {
        var message = new Message(context.NextSeq(), target, state.Id, e, propagated);
        _sent.Add(message);
        return message;
    }

    private void Trace(Span? span)
    {
        if (span is not null)
        {
            change.Spans.Add(span);
        }
    }

    private void Append(HistoryEvent e)
    {
        change.History.Add(e);
        if (state.Append(e) is { } cancelled)
        {
            change.TimersRemoved.Add(cancelled);
        }
    }
}

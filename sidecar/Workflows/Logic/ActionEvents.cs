using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>The events that a turn's actions make, field by field as daprd 1.18 makes them.</summary>
internal sealed class ActionEvents(InstanceState state, TurnContext context)
{
    private TraceContext? Trace => field ??= TraceParent.Below(state.Start.ExecutionStarted);

    /// <summary>The completion of an instance whose worker's answer cannot be right.</summary>
    public static WorkflowAction Failure(string reason) => new()
    {
        Id = Events.Outside,
        CompleteWorkflow = new CompleteWorkflowAction
        {
            WorkflowStatus = OrchestrationStatus.Failed,
            FailureDetails = new TaskFailureDetails { ErrorType = "InvalidWorkflowAnswer", ErrorMessage = reason, IsNonRetriable = true },
        },
    };

    /// <summary>The completion of an instance that did not end by itself.</summary>
    public static WorkflowAction Termination(string? output) => new()
    {
        Id = Events.Outside,
        CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Terminated, Result = output },
    };

    /// <summary>Why another app cannot be called.</summary>
    public static string CrossAppText(string target, string own) =>
        $"app '{target}' cannot be reached: this sidecar runs workflows and activities of app '{own}' only";

    /// <summary>The other app that an action is for; null for this one.</summary>
    public string? ForeignApp(WorkflowAction action) =>
        action.Router is { HasTargetAppID: true, TargetAppID: { Length: > 0 } target } && target != context.AppId ? target : null;

    /// <summary>An activity is asked for.</summary>
    public HistoryEvent Scheduled(WorkflowAction action)
    {
        var e = For(action);
        var task = action.ScheduleTask;
        e.TaskScheduled = new TaskScheduledEvent
        {
            Name = task.Name,
            Version = task.Version,
            Input = task.Input,
            ParentTraceContext = Trace,
            TaskExecutionId = task.TaskExecutionId,
        };
        if (task.HasHistoryPropagationScope)
        {
            e.TaskScheduled.HistoryPropagationScope = task.HistoryPropagationScope;
        }
        return e;
    }

    /// <summary>A timer is asked for.</summary>
    public HistoryEvent TimerCreated(WorkflowAction action)
    {
        var e = For(action);
        var timer = action.CreateTimer;
        e.TimerCreated = new TimerCreatedEvent { FireAt = timer.FireAt };
        if (timer.HasName)
        {
            e.TimerCreated.Name = timer.Name;
        }
        switch (timer.OriginCase)
        {
            case CreateTimerAction.OriginOneofCase.CreateTimer:
                e.TimerCreated.CreateTimer = timer.CreateTimer;
                break;
            case CreateTimerAction.OriginOneofCase.ExternalEvent:
                e.TimerCreated.ExternalEvent = timer.ExternalEvent;
                break;
            case CreateTimerAction.OriginOneofCase.ActivityRetry:
                e.TimerCreated.ActivityRetry = timer.ActivityRetry;
                break;
            case CreateTimerAction.OriginOneofCase.ChildWorkflowRetry:
                e.TimerCreated.ChildWorkflowRetry = timer.ChildWorkflowRetry;
                break;
        }
        return e;
    }

    /// <summary>A child is asked for; without an id it gets one that is the same for every repetition of the turn.</summary>
    public HistoryEvent ChildCreated(WorkflowAction action)
    {
        var e = For(action);
        var child = action.CreateChildWorkflow;
        e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent
        {
            InstanceId = child.InstanceId.Length > 0 ? child.InstanceId : Children.IdOf(state.Id, action.Id),
            Name = child.Name,
            Version = child.Version,
            Input = child.Input,
            ParentTraceContext = Trace,
        };
        if (child.HasHistoryPropagationScope)
        {
            e.ChildWorkflowInstanceCreated.HistoryPropagationScope = child.HistoryPropagationScope;
        }
        return e;
    }

    /// <summary>What starts the child.</summary>
    public HistoryEvent ChildStart(WorkflowAction action, HistoryEvent created) => Children.Start(
        Events.At(context.Now, router: Router(action)), created, state.Id, state.Start.ExecutionStarted.Name,
        state.Start.ExecutionStarted.WorkflowInstance.ExecutionId, context);

    /// <summary>A workflow of its own is asked for.</summary>
    public HistoryEvent DetachedCreated(WorkflowAction action)
    {
        var e = For(action);
        e.DetachedWorkflowInstanceCreated = new DetachedWorkflowInstanceCreatedEvent { InstanceId = DetachedId(action) };
        return e;
    }

    /// <summary>What starts it.</summary>
    public HistoryEvent DetachedStart(WorkflowAction action)
    {
        var e = Events.At(context.Now, router: Router(action));
        var detached = action.CreateDetachedWorkflow;
        e.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = detached.Name,
            Input = detached.Input,
            WorkflowInstance = new WorkflowInstance
            {
                InstanceId = DetachedId(action),
                ExecutionId = context.NewId().ToString(),
            },
            ScheduledStartTimestamp = detached.ScheduledStartTimestamp,
            ParentTraceContext = TraceParent.Keep(detached.ParentTraceContext),
            WorkflowSpanID = context.Tracing.SpanIdFor(detached.ParentTraceContext),
        };
        return e;
    }

    /// <summary>An event is sent to another instance.</summary>
    public HistoryEvent Sent(WorkflowAction action)
    {
        var e = For(action);
        e.EventSent = new EventSentEvent
        {
            InstanceId = action.SendEvent.Instance.InstanceId,
            Name = action.SendEvent.Name,
            Input = action.SendEvent.Data,
        };
        return e;
    }

    /// <summary>The instance has ended.</summary>
    public HistoryEvent Completed(WorkflowAction action)
    {
        var e = For(action);
        var complete = action.CompleteWorkflow;
        e.ExecutionCompleted = new ExecutionCompletedEvent
        {
            WorkflowStatus = complete.WorkflowStatus,
            Result = complete.Result,
            FailureDetails = complete.FailureDetails,
        };
        return e;
    }

    /// <summary>What the parent hears of the end.</summary>
    public HistoryEvent ChildDone(WorkflowAction action, ParentInstanceInfo parent)
    {
        var router = Router(action);
        if (parent.HasAppID)
        {
            router = new TaskRouter { SourceAppID = context.AppId, TargetAppID = parent.AppID };
        }
        var e = Events.At(context.Now, router: router);
        var complete = action.CompleteWorkflow;
        if (complete.WorkflowStatus == OrchestrationStatus.Completed)
        {
            e.ChildWorkflowInstanceCompleted =
                new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = parent.TaskScheduledId, Result = complete.Result };
        }
        else
        {
            e.ChildWorkflowInstanceFailed =
                new ChildWorkflowInstanceFailedEvent { TaskScheduledId = parent.TaskScheduledId, FailureDetails = complete.FailureDetails };
        }
        return e;
    }

    /// <summary>What starts the next generation.</summary>
    public HistoryEvent NextGeneration(WorkflowAction action)
    {
        var e = Events.At(context.Now, router: Router(action));
        var old = state.Start.ExecutionStarted;
        var trace = TraceParent.NewRoot(old.ParentTraceContext, context.NewId);
        e.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = old.Name,
            ParentInstance = old.ParentInstance,
            Input = action.CompleteWorkflow.Result,
            WorkflowInstance = new WorkflowInstance { InstanceId = state.Id, ExecutionId = context.NewId().ToString() },
            ParentTraceContext = trace,
            WorkflowSpanID = TraceParent.SpanOf(trace),
        };
        return e;
    }

    private string DetachedId(WorkflowAction action) =>
        action.CreateDetachedWorkflow.InstanceId is { Length: > 0 } id ? id : Children.IdOf(state.Id, action.Id);

    private HistoryEvent For(WorkflowAction action) => Events.At(context.Now, action.Id, Router(action));

    private TaskRouter Router(WorkflowAction action)
    {
        var router = action.Router?.Clone() ?? new TaskRouter();
        router.SourceAppID = context.AppId;
        return router;
    }
}

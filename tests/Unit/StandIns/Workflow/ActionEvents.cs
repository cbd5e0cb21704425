using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>The event that a sidecar puts into the history for an action.</summary>
internal static class ActionEvents
{
    /// <summary>Null where it puts none that a worker ever sees.</summary>
    public static HistoryEvent? Of(WorkflowAction action)
    {
        var made = new HistoryEvent { EventId = action.Id, Router = action.Router };
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                made.TaskScheduled = new TaskScheduledEvent
                {
                    Name = action.ScheduleTask.Name,
                    Input = action.ScheduleTask.Input,
                    TaskExecutionId = action.ScheduleTask.TaskExecutionId,
                };
                return made;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                made.TimerCreated = new TimerCreatedEvent { FireAt = action.CreateTimer.FireAt };
                return made;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                made.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent
                {
                    InstanceId = action.CreateChildWorkflow.InstanceId,
                    Name = action.CreateChildWorkflow.Name,
                    Input = action.CreateChildWorkflow.Input,
                };
                return made;
            case WorkflowAction.WorkflowActionTypeOneofCase.SendEvent:
                made.EventSent = new EventSentEvent
                {
                    InstanceId = action.SendEvent.Instance.InstanceId,
                    Name = action.SendEvent.Name,
                    Input = action.SendEvent.Data,
                };
                return made;
            default:
                return null;
        }
    }
}

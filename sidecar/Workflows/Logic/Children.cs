using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>Child workflows: their ids and how they are started.</summary>
internal static class Children
{
    /// <summary>The id of a child for which none was given: parent's id, colon, last four hexadecimal digits of the action's id.</summary>
    public static string IdOf(string parentId, int actionId) => $"{parentId}:{(0x10000L + actionId).ToString("x")[^4..]}";

    /// <summary>All children in a history, each once, in order.</summary>
    public static IEnumerable<string> Of(IEnumerable<HistoryEvent> history) =>
        history.Select(static e => e.ChildWorkflowInstanceCreated).OfType<ChildWorkflowInstanceCreatedEvent>()
            .Select(static c => c.InstanceId).Distinct();

    /// <summary>What starts a child.</summary>
    /// <param name="e">An event with time and router.</param>
    /// <param name="created">The parent's <c>childWorkflowInstanceCreated</c>.</param>
    /// <param name="parentId">The parent's instance id.</param>
    /// <param name="parentName">The parent's workflow.</param>
    /// <param name="parentExecution">The parent's execution id; null where it is not told.</param>
    /// <param name="context">App and ids.</param>
    public static HistoryEvent Start(
        HistoryEvent e, HistoryEvent created, string parentId, string parentName, string? parentExecution, TurnContext context)
    {
        var child = created.ChildWorkflowInstanceCreated;
        e.ExecutionStarted = new ExecutionStartedEvent
        {
            Name = child.Name,
            Input = child.Input,
            ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = created.EventId,
                Name = parentName,
                WorkflowInstance = new WorkflowInstance { InstanceId = parentId, ExecutionId = parentExecution },
                AppID = context.AppId,
            },
            WorkflowInstance = new WorkflowInstance { InstanceId = child.InstanceId, ExecutionId = context.NewId().ToString() },
            ParentTraceContext = child.ParentTraceContext,
            WorkflowSpanID = context.Tracing.SpanIdFor(child.ParentTraceContext),
        };
        return e;
    }

    /// <summary>True if a start is the one that made the active instance: its parent has repeated a turn.</summary>
    public static bool IsSameStart(HistoryEvent active, HistoryEvent start) =>
        start.ExecutionStarted.ParentInstance is { } parent && active.ExecutionStarted.ParentInstance is { } existing
        && existing.WorkflowInstance.InstanceId == parent.WorkflowInstance.InstanceId && existing.TaskScheduledId == parent.TaskScheduledId;
}

using Dapr.Common.Serialization;
using Proto = Wire.Workflow;
using EventType = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Client;

/// <summary>The protocol's terms in those of the client.</summary>
internal static class ProtocolTerms
{
    public static InstanceState State(Proto.WorkflowState state, IDaprSerializer serializer) => new(
        state.Name,
        Status(state.WorkflowStatus),
        Time(state.CreatedTimestamp),
        Time(state.LastUpdatedTimestamp),
        state.Input,
        state.Output,
        state.CustomStatus,
        state.FailureDetails is { } failure
            ? new WorkflowTaskFailureDetails(
                failure.ErrorType, failure.ErrorMessage, string.IsNullOrEmpty(failure.StackTrace) ? null : failure.StackTrace)
            : null,
        serializer);

    public static WorkflowHistoryEvent Event(Proto.HistoryEvent happened) => new(
        happened.EventId, Type(happened.EventTypeCase), happened.Timestamp?.ToDateTime() ?? DateTime.MinValue);

    /// <summary>The numbers are the same.</summary>
    private static WorkflowRuntimeStatus Status(Proto.OrchestrationStatus status) =>
        status is >= Proto.OrchestrationStatus.Running and <= Proto.OrchestrationStatus.Stalled
            ? (WorkflowRuntimeStatus)status
            : WorkflowRuntimeStatus.Unknown;

    /// <summary>A pending instance has the year 1, which means that the time is not known.</summary>
    private static DateTimeOffset Time(Google.Protobuf.WellKnownTypes.Timestamp? time) => time?.ToDateTimeOffset() ?? default;

    private static WorkflowHistoryEventType Type(EventType type) => type switch
    {
        EventType.ExecutionStarted => WorkflowHistoryEventType.ExecutionStarted,
        EventType.ExecutionCompleted => WorkflowHistoryEventType.ExecutionCompleted,
        EventType.ExecutionTerminated => WorkflowHistoryEventType.ExecutionTerminated,
        EventType.TaskScheduled => WorkflowHistoryEventType.TaskScheduled,
        EventType.TaskCompleted => WorkflowHistoryEventType.TaskCompleted,
        EventType.TaskFailed => WorkflowHistoryEventType.TaskFailed,
        EventType.ChildWorkflowInstanceCreated or EventType.DetachedWorkflowInstanceCreated =>
            WorkflowHistoryEventType.SubOrchestrationInstanceCreated,
        EventType.ChildWorkflowInstanceCompleted => WorkflowHistoryEventType.SubOrchestrationInstanceCompleted,
        EventType.ChildWorkflowInstanceFailed => WorkflowHistoryEventType.SubOrchestrationInstanceFailed,
        EventType.TimerCreated => WorkflowHistoryEventType.TimerCreated,
        EventType.TimerFired => WorkflowHistoryEventType.TimerFired,
        EventType.WorkflowStarted => WorkflowHistoryEventType.OrchestratorStarted,
        EventType.WorkflowCompleted => WorkflowHistoryEventType.OrchestratorCompleted,
        EventType.EventSent => WorkflowHistoryEventType.EventSent,
        EventType.EventRaised => WorkflowHistoryEventType.EventRaised,
        EventType.ContinueAsNew => WorkflowHistoryEventType.ContinueAsNew,
        EventType.ExecutionSuspended => WorkflowHistoryEventType.ExecutionSuspended,
        EventType.ExecutionResumed => WorkflowHistoryEventType.ExecutionResumed,
        EventType.ExecutionStalled => WorkflowHistoryEventType.ExecutionStalled,
        _ => WorkflowHistoryEventType.Unknown,
    };
}

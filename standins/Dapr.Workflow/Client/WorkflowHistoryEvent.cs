namespace Dapr.Workflow.Client;

/// <summary>One event of an instance's history.</summary>
/// <param name="EventId">
/// The number of the action that made it; -1 for events that came from elsewhere.
/// </param>
/// <param name="EventType">What happened.</param>
/// <param name="Timestamp">When, UTC.</param>
public sealed record WorkflowHistoryEvent(int EventId, WorkflowHistoryEventType EventType, DateTime Timestamp);

/// <summary>What happened.</summary>
public enum WorkflowHistoryEventType
{
    /// <summary>None of these.</summary>
    Unknown = 0,

    /// <summary>The instance was started.</summary>
    ExecutionStarted = 1,

    /// <summary>The instance ended.</summary>
    ExecutionCompleted = 2,

    /// <summary>The instance was ended from outside.</summary>
    ExecutionTerminated = 3,

    /// <summary>An activity was called.</summary>
    TaskScheduled = 4,

    /// <summary>An activity answered.</summary>
    TaskCompleted = 5,

    /// <summary>An activity failed.</summary>
    TaskFailed = 6,

    /// <summary>A child workflow was called.</summary>
    SubOrchestrationInstanceCreated = 7,

    /// <summary>A child workflow ended with a result.</summary>
    SubOrchestrationInstanceCompleted = 8,

    /// <summary>A child workflow ended with an error.</summary>
    SubOrchestrationInstanceFailed = 9,

    /// <summary>A timer was set.</summary>
    TimerCreated = 10,

    /// <summary>A timer fired.</summary>
    TimerFired = 11,

    /// <summary>A turn of the workflow began.</summary>
    OrchestratorStarted = 12,

    /// <summary>A turn of the workflow ended.</summary>
    OrchestratorCompleted = 13,

    /// <summary>An event was sent to another instance.</summary>
    EventSent = 14,

    /// <summary>An event came from outside.</summary>
    EventRaised = 15,

    /// <summary>Not used by Dapr.</summary>
    GenericEvent = 16,

    /// <summary>Not used by Dapr.</summary>
    HistoryState = 17,

    /// <summary>The instance starts anew.</summary>
    ContinueAsNew = 18,

    /// <summary>The instance was suspended.</summary>
    ExecutionSuspended = 19,

    /// <summary>The instance was resumed.</summary>
    ExecutionResumed = 20,

    /// <summary>The instance found no worker that can go on with it.</summary>
    ExecutionStalled = 21,
}

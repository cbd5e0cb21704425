namespace Dapr.Workflow;

/// <summary>How far an instance is.</summary>
public enum WorkflowRuntimeStatus
{
    /// <summary>There is no such instance, or its status is none of these.</summary>
    Unknown = -1,

    /// <summary>It runs, or waits for something.</summary>
    Running = 0,

    /// <summary>It has ended with a result.</summary>
    Completed = 1,

    /// <summary>It starts anew with another input.</summary>
    ContinuedAsNew = 2,

    /// <summary>It has ended with an error.</summary>
    Failed = 3,

    /// <summary>It was cancelled.</summary>
    Canceled = 4,

    /// <summary>It was ended from outside.</summary>
    Terminated = 5,

    /// <summary>It has not begun.</summary>
    Pending = 6,

    /// <summary>It is held until it is resumed.</summary>
    Suspended = 7,

    /// <summary>No connected worker can go on with it.</summary>
    Stalled = 8,
}

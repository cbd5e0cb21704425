namespace Dapr.Workflow;

/// <summary>How far a call was when its history was handed on.</summary>
public enum PropagatedHistoryStatus
{
    /// <summary>Without an answer.</summary>
    Pending = 0,

    /// <summary>Answered.</summary>
    Completed = 1,

    /// <summary>Failed.</summary>
    Failed = 2,
}

/// <summary>The call of an activity.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How far it was.</param>
/// <param name="Input">What it took, serialized.</param>
/// <param name="Output">What it returned, serialized.</param>
/// <param name="FailureDetails">Why it failed.</param>
public sealed record PropagatedHistoryActivityResult(
    string Name,
    PropagatedHistoryStatus Status,
    string? Input,
    string? Output,
    WorkflowTaskFailureDetails? FailureDetails);

/// <summary>The call of a workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How far it was.</param>
/// <param name="Output">What it returned, serialized.</param>
/// <param name="FailureDetails">Why it failed.</param>
public sealed record PropagatedHistoryWorkflowResult(
    string Name,
    PropagatedHistoryStatus Status,
    string? Output,
    WorkflowTaskFailureDetails? FailureDetails);

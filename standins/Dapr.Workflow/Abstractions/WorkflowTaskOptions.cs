namespace Dapr.Workflow;

/// <summary>Which part of its history a workflow hands on to what it calls.</summary>
public enum HistoryPropagationScope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its own events.</summary>
    OwnHistory = 1,

    /// <summary>Its own events and those handed to it.</summary>
    Lineage = 2,
}

/// <summary>How an activity is called.</summary>
/// <param name="RetryPolicy">What happens when it fails; by default the failure is the caller's.</param>
/// <param name="TargetAppId">The app that runs it; by default the workflow's own.</param>
/// <param name="PropagationScope">Which history it is handed.</param>
public record WorkflowTaskOptions(
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
{
    /// <summary>The same options with another scope.</summary>
    /// <param name="scope">Which history is handed on.</param>
    public WorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) =>
        this with { PropagationScope = scope };
}

/// <summary>How a child workflow is called.</summary>
/// <param name="InstanceId">Its instance id; by default one that is derived from the parent's.</param>
/// <param name="RetryPolicy">What happens when it fails; by default the failure is the caller's.</param>
/// <param name="TargetAppId">The app that runs it; by default the workflow's own.</param>
/// <param name="PropagationScope">Which history it is handed.</param>
public record ChildWorkflowTaskOptions(
    string? InstanceId = null,
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
    : WorkflowTaskOptions(RetryPolicy, TargetAppId, PropagationScope)
{
    /// <summary>The same options with another scope.</summary>
    /// <param name="scope">Which history is handed on.</param>
    public new ChildWorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) =>
        this with { PropagationScope = scope };
}

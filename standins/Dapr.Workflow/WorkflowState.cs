using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <summary>An instance's state at the time of the call.</summary>
public sealed class WorkflowState
{
    private readonly InstanceState? instance;

    internal WorkflowState(InstanceState? instance) => this.instance = instance;

    /// <summary>The workflow's name; empty while the instance is pending, null where it does not exist.</summary>
    public string? WorkflowName => instance?.Name;

    /// <summary>Whether there is such an instance.</summary>
    public bool Exists => instance is not null;

    /// <summary>Whether it runs or waits; a suspended one does not.</summary>
    public bool IsWorkflowRunning => RuntimeStatus == WorkflowRuntimeStatus.Running;

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool IsWorkflowCompleted => RuntimeStatus
        is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    /// <summary>When it was started; the default value where that is not known.</summary>
    public DateTimeOffset CreatedAt => instance?.CreatedAt ?? default;

    /// <summary>When it changed last; the default value where that is not known.</summary>
    public DateTimeOffset LastUpdatedAt => instance?.LastUpdatedAt ?? default;

    /// <summary>How far it is.</summary>
    public WorkflowRuntimeStatus RuntimeStatus => instance?.Status ?? WorkflowRuntimeStatus.Unknown;

    /// <summary>Why it failed; read only with inputs and outputs.</summary>
    public WorkflowTaskFailureDetails? FailureDetails => instance?.FailureDetails;

    /// <summary>What it took; the default value where it took nothing or inputs were not read.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public T? ReadInputAs<T>() => Read<T>(instance?.Input);

    /// <summary>What it returned; the default value where it returned nothing or outputs were not read.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public T? ReadOutputAs<T>() => Read<T>(instance?.Output);

    /// <summary>Its custom status; the default value where it has none or outputs were not read.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    public T? ReadCustomStatusAs<T>() => Read<T>(instance?.CustomStatus);

    private T? Read<T>(string? text) =>
        string.IsNullOrEmpty(text) ? default : instance!.Serializer.Deserialize<T>(text);
}

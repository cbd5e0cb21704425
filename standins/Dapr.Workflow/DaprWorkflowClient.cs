using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <inheritdoc cref="IDaprWorkflowClient"/>
public sealed class DaprWorkflowClient : IDaprWorkflowClient
{
    internal DaprWorkflowClient()
    {
    }

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null) =>
        ScheduleNewWorkflowAsync(name, instanceId, input, default(DateTimeOffset?), CancellationToken.None);

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime) =>
        ScheduleNewWorkflowAsync(
            name, instanceId, input, startTime is { } time ? new DateTimeOffset(time) : null, CancellationToken.None);

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(
        string name,
        string? instanceId,
        object? input,
        DateTimeOffset? startTime,
        CancellationToken cancellation = default) => NotConnected<string>();

    /// <inheritdoc />
    public Task<WorkflowState> GetWorkflowStateAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default) =>
        NotConnected<WorkflowState>();

    /// <inheritdoc />
    public Task<WorkflowState> WaitForWorkflowStartAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default) =>
        NotConnected<WorkflowState>();

    /// <inheritdoc />
    public Task<WorkflowState> WaitForWorkflowCompletionAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default) =>
        NotConnected<WorkflowState>();

    /// <inheritdoc />
    public Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
        NotConnected<bool>();

    /// <inheritdoc />
    public Task TerminateWorkflowAsync(
        string instanceId, object? output = null, CancellationToken cancellation = default) => NotConnected<bool>();

    /// <inheritdoc />
    public Task SuspendWorkflowAsync(
        string instanceId, string? reason = null, CancellationToken cancellation = default) => NotConnected<bool>();

    /// <inheritdoc />
    public Task ResumeWorkflowAsync(
        string instanceId, string? reason = null, CancellationToken cancellation = default) => NotConnected<bool>();

    /// <inheritdoc />
    public Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default) =>
        NotConnected<bool>();

    /// <inheritdoc />
    public Task<WorkflowInstancePage> ListInstanceIdsAsync(
        string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default) =>
        NotConnected<WorkflowInstancePage>();

    /// <inheritdoc />
    public Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(
        string instanceId, CancellationToken cancellation = default) =>
        NotConnected<IReadOnlyList<WorkflowHistoryEvent>>();

    /// <inheritdoc />
    public Task<string> RerunWorkflowFromEventAsync(
        string sourceInstanceId,
        uint eventId,
        RerunWorkflowFromEventOptions? options = null,
        CancellationToken cancellation = default) => NotConnected<string>();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static Task<T> NotConnected<T>() =>
        Task.FromException<T>(new NotSupportedException("The client is not connected yet."));
}

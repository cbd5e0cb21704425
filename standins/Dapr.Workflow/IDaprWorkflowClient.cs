using Dapr.Common;
using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <summary>
/// Starts workflows and acts on their instances. What the sidecar refuses is a <c>Grpc.Core.RpcException</c>.
/// </summary>
public interface IDaprWorkflowClient : IDaprClient, IAsyncDisposable
{
    /// <summary>
    /// Starts a workflow, and returns its id once its first turn has been saved. An instance of that id that runs is an
    /// error (<c>AlreadyExists</c>); one that has ended is silently replaced.
    /// </summary>
    /// <param name="name">The workflow's name.</param>
    /// <param name="instanceId">Id of the instance; by default a new one.</param>
    /// <param name="input">What the workflow takes.</param>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null);

    /// <inheritdoc cref="ScheduleNewWorkflowAsync(string, string?, object?)"/>
    /// <param name="name">The workflow's name.</param>
    /// <param name="instanceId">Id of the instance; by default a new one.</param>
    /// <param name="input">What the workflow takes.</param>
    /// <param name="startTime">When it begins; the call does not wait for it.</param>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime);

    /// <inheritdoc cref="ScheduleNewWorkflowAsync(string, string?, object?)"/>
    /// <param name="name">The workflow's name.</param>
    /// <param name="instanceId">Id of the instance; by default a new one.</param>
    /// <param name="input">What the workflow takes.</param>
    /// <param name="startTime">When it begins; the call does not wait for it.</param>
    /// <param name="cancellation">Gives up; the instance may have been started.</param>
    Task<string> ScheduleNewWorkflowAsync(
        string name,
        string? instanceId,
        object? input,
        DateTimeOffset? startTime,
        CancellationToken cancellation = default);

    /// <summary>
    /// Reads an instance's state. One that does not exist has <see cref="WorkflowState.Exists"/> false.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output, custom status and failure.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<WorkflowState> GetWorkflowStateAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has begun; for ever for one that does not exist on a real daprd.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output, custom status and failure.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidOperationException">The instance does not exist.</exception>
    Task<WorkflowState> WaitForWorkflowStartAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended; for ever for one that does not exist on a real daprd.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether to read input, output, custom status and failure.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidOperationException">The instance does not exist.</exception>
    Task<WorkflowState> WaitForWorkflowCompletionAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Raises an event. It is kept until the instance takes it; an ended instance ignores it.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">The event's name, compared without case.</param>
    /// <param name="eventPayload">What it carries.</param>
    /// <param name="cancellation">Gives up; the event may have been raised.</param>
    Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <summary>Ends an instance and its children. Activities that run are not stopped.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="output">What it is to return; not every worker keeps it.</param>
    /// <param name="cancellation">Gives up.</param>
    Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default);

    /// <summary>Holds an instance until it is resumed.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why; it goes into the history.</param>
    /// <param name="cancellation">Gives up.</param>
    Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lets a suspended instance go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why; it goes into the history.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Deletes an ended instance and its children; true where something was deleted.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Lists the ids of the app's instances.</summary>
    /// <param name="continuationToken">That of the page before; null for the first page.</param>
    /// <param name="pageSize">How many ids at most.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<WorkflowInstancePage> ListInstanceIdsAsync(
        string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default);

    /// <summary>Reads an instance's history.</summary>
    /// <param name="instanceId">The instance; one that does not exist is an error (<c>NotFound</c>).</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(
        string instanceId, CancellationToken cancellation = default);

    /// <summary>Starts a new instance that has the history of another one up to an event; returns its id.</summary>
    /// <param name="sourceInstanceId">The other instance, which has ended.</param>
    /// <param name="eventId">Number of the activity, timer or child that is done again.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<string> RerunWorkflowFromEventAsync(
        string sourceInstanceId,
        uint eventId,
        RerunWorkflowFromEventOptions? options = null,
        CancellationToken cancellation = default);
}

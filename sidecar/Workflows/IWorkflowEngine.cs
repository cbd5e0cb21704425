using System.Diagnostics.CodeAnalysis;
using Wire.Workflow;

namespace Sidecar.Workflows;

/// <summary>
/// The workflow engine of one app: instances with their history, timers and work, durable before anything is acknowledged. Requests
/// and answers are the protocol's own messages; both faces (gRPC and HTTP) are thin over this. Errors are <see cref="WorkflowException"/>s
/// whose texts are those of Dapr 1.18.
/// </summary>
public interface IWorkflowEngine
{
    /// <summary>Workers whose streams are open.</summary>
    int ConnectedWorkers { get; }

    /// <summary>
    /// Starts an instance and answers with its id (a new one where none was given) once its first turn is saved; one that is scheduled
    /// for later at once. Waits while no worker is connected.
    /// </summary>
    Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken);

    /// <summary>An instance's state; <c>exists</c> is false for an unknown one.</summary>
    GetInstanceResponse Get(GetInstanceRequest request);

    /// <summary>Answers once the instance has left PENDING; for an unknown one it waits until there is one.</summary>
    Task<GetInstanceResponse> WaitForStartAsync(GetInstanceRequest request, CancellationToken cancellationToken);

    /// <summary>Answers once the instance has ended; for an unknown one it waits until there is one and it has.</summary>
    Task<GetInstanceResponse> WaitForCompletionAsync(GetInstanceRequest request, CancellationToken cancellationToken);

    /// <summary>Stores an external event; for a finished instance it has no effect.</summary>
    Task RaiseEventAsync(RaiseEventRequest request, CancellationToken cancellationToken);

    /// <summary>Ends an instance; completes once it has ended.</summary>
    Task TerminateAsync(TerminateRequest request, CancellationToken cancellationToken);

    /// <summary>Holds an instance; completes once it is held.</summary>
    Task SuspendAsync(SuspendRequest request, CancellationToken cancellationToken);

    /// <summary>Lets an instance go on; completes once it does.</summary>
    Task ResumeAsync(ResumeRequest request, CancellationToken cancellationToken);

    /// <summary>Forgets finished instances; the answer counts them.</summary>
    Task<PurgeInstancesResponse> PurgeAsync(PurgeInstancesRequest request, CancellationToken cancellationToken);

    /// <summary>Starts a new instance from an event in another one's history; answers with its id.</summary>
    Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken);

    /// <summary>A page of instance ids.</summary>
    ListInstanceIDsResponse List(ListInstanceIDsRequest request);

    /// <summary>All that happened in an instance.</summary>
    GetInstanceHistoryResponse History(string instanceId);

    /// <summary>Takes a worker's answer to a turn; returns once it is durable. An answer that nobody waits for has no effect.</summary>
    Task CompleteTurnAsync(WorkflowResponse response, CancellationToken cancellationToken);

    /// <summary>Takes a worker's answer to an activity; returns once it is durable. An answer that nobody waits for has no effect.</summary>
    Task CompleteActivityAsync(ActivityResponse response, CancellationToken cancellationToken);

    /// <summary>Connects a worker. Disposing the session gives its unanswered work to others at once.</summary>
    IWorkerSession Connect();
}

/// <summary>The work of one connected worker. One reader at a time.</summary>
public interface IWorkerSession : IDisposable
{
    /// <summary>Waits until there may be work; false once the engine stops.</summary>
    ValueTask<bool> WaitAsync(CancellationToken cancellationToken);

    /// <summary>Takes work, which is this session's from now on.</summary>
    bool TryTake([NotNullWhen(true)] out WorkItem? item);
}

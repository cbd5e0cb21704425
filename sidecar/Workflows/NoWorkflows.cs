using Wire.Workflow;

namespace Sidecar.Workflows;

/// <summary>
/// Workflows of an app that has no actor state store in scope: every call is refused with Dapr's words, while a worker may connect, as it
/// may with Dapr, and waits for work that never comes.
/// </summary>
internal sealed class NoWorkflows : IWorkflowEngine
{
    private const string NotConfigured =
        "the state store is not configured to use the actor runtime. "
        + "Have you set the - name: actorStateStore value: \"true\" in your state store component file?";

    private int _workers;

    /// <inheritdoc/>
    public int ConnectedWorkers => Volatile.Read(ref _workers);

    /// <inheritdoc/>
    public Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken) => Refused<string>();

    /// <inheritdoc/>
    public GetInstanceResponse Get(GetInstanceRequest request) => throw Refusal();

    /// <inheritdoc/>
    public Task<GetInstanceResponse> WaitForStartAsync(GetInstanceRequest request, CancellationToken cancellationToken) =>
        Refused<GetInstanceResponse>();

    /// <inheritdoc/>
    public Task<GetInstanceResponse> WaitForCompletionAsync(GetInstanceRequest request, CancellationToken cancellationToken) =>
        Refused<GetInstanceResponse>();

    /// <inheritdoc/>
    public Task RaiseEventAsync(RaiseEventRequest request, CancellationToken cancellationToken) => Refused<bool>();

    /// <inheritdoc/>
    public Task TerminateAsync(TerminateRequest request, CancellationToken cancellationToken) => Refused<bool>();

    /// <inheritdoc/>
    public Task SuspendAsync(SuspendRequest request, CancellationToken cancellationToken) => Refused<bool>();

    /// <inheritdoc/>
    public Task ResumeAsync(ResumeRequest request, CancellationToken cancellationToken) => Refused<bool>();

    /// <inheritdoc/>
    public Task<PurgeInstancesResponse> PurgeAsync(PurgeInstancesRequest request, CancellationToken cancellationToken) =>
        Refused<PurgeInstancesResponse>();

    /// <inheritdoc/>
    public Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken) => Refused<string>();

    /// <inheritdoc/>
    public ListInstanceIDsResponse List(ListInstanceIDsRequest request) => throw Refusal();

    /// <inheritdoc/>
    public GetInstanceHistoryResponse History(string instanceId) => throw Refusal();

    /// <inheritdoc/>
    public Task CompleteTurnAsync(WorkflowResponse response, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task CompleteActivityAsync(ActivityResponse response, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public IWorkerSession Connect()
    {
        Interlocked.Increment(ref _workers);
        return new IdleSession(this);
    }

    private static WorkflowException Refusal() => new(WorkflowError.NoStore, NotConfigured);

    private static Task<T> Refused<T>() => Task.FromException<T>(Refusal());

    private sealed class IdleSession(NoWorkflows owner) : IWorkerSession
    {
        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource<bool>();
            return await never.Task.WaitAsync(cancellationToken);
        }

        public bool TryTake(out WorkItem item)
        {
            item = null!;
            return false;
        }

        public void Dispose() => Interlocked.Decrement(ref owner._workers);
    }
}

using System.Threading.Channels;
using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>Stands where the engine stands, for what the faces do by themselves: work is what the test puts in.</summary>
internal sealed class FakeEngine : IWorkflowEngine
{
    private readonly List<Session> _sessions = [];
    private int _connected;

    /// <summary>What clients' calls do; by default they wait until they are cancelled.</summary>
    public Func<CancellationToken, Task> Act { get; set; } = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);

    /// <summary>Requests that arrived.</summary>
    public List<object> Requests { get; } = [];

    public int ConnectedWorkers => Volatile.Read(ref _connected);

    /// <summary>How often a session has said that there may be work.</summary>
    public int Waits { get; private set; }

    public async Task<string> StartAsync(CreateInstanceRequest request, CancellationToken cancellationToken)
    {
        await RunAsync(request, cancellationToken);
        return request.InstanceId;
    }

    public GetInstanceResponse Get(GetInstanceRequest request) => new();

    public Task<GetInstanceResponse> WaitForStartAsync(GetInstanceRequest request, CancellationToken cancellationToken) =>
        AnswerAsync<GetInstanceResponse>(request, cancellationToken);

    public Task<GetInstanceResponse> WaitForCompletionAsync(GetInstanceRequest request, CancellationToken cancellationToken) =>
        AnswerAsync<GetInstanceResponse>(request, cancellationToken);

    public Task RaiseEventAsync(RaiseEventRequest request, CancellationToken cancellationToken) => RunAsync(request, cancellationToken);

    public Task TerminateAsync(TerminateRequest request, CancellationToken cancellationToken) => RunAsync(request, cancellationToken);

    public Task SuspendAsync(SuspendRequest request, CancellationToken cancellationToken) => RunAsync(request, cancellationToken);

    public Task ResumeAsync(ResumeRequest request, CancellationToken cancellationToken) => RunAsync(request, cancellationToken);

    public Task<PurgeInstancesResponse> PurgeAsync(PurgeInstancesRequest request, CancellationToken cancellationToken) =>
        AnswerAsync<PurgeInstancesResponse>(request, cancellationToken);

    public async Task<string> RerunAsync(RerunWorkflowFromEventRequest request, CancellationToken cancellationToken)
    {
        await RunAsync(request, cancellationToken);
        return request.NewInstanceID;
    }

    public ListInstanceIDsResponse List(ListInstanceIDsRequest request) => new();

    public GetInstanceHistoryResponse History(string instanceId) => new();

    public Task CompleteTurnAsync(WorkflowResponse response, CancellationToken cancellationToken) => Kept(response);

    public Task CompleteActivityAsync(ActivityResponse response, CancellationToken cancellationToken) => Kept(response);

    public IWorkerSession Connect()
    {
        var session = new Session(this);
        lock (_sessions)
        {
            _sessions.Add(session);
        }
        Interlocked.Increment(ref _connected);
        return session;
    }

    /// <summary>Gives work to the worker that connected last.</summary>
    public void Give(params WorkItem[] items)
    {
        lock (_sessions)
        {
            _sessions[^1].Give(items);
        }
    }

    /// <summary>Ends all sessions, as an engine that stops does.</summary>
    public void Stop()
    {
        lock (_sessions)
        {
            _sessions.ForEach(s => s.End());
        }
    }

    private Task Kept(object response)
    {
        lock (Requests)
        {
            Requests.Add(response);
        }
        return Task.CompletedTask;
    }

    private Task RunAsync(object request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }
        return Act(cancellationToken);
    }

    private async Task<T> AnswerAsync<T>(object request, CancellationToken cancellationToken)
        where T : new()
    {
        await RunAsync(request, cancellationToken);
        return new T();
    }

    private sealed class Session(FakeEngine owner) : IWorkerSession
    {
        private readonly Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>();

        public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        {
            owner.Waits++;
            return await _items.Reader.WaitToReadAsync(cancellationToken);
        }

        public bool TryTake(out WorkItem item) => _items.Reader.TryRead(out item!);

        public void Give(WorkItem[] items) => Array.ForEach(items, item => _items.Writer.TryWrite(item).ShouldBeTrue());

        public void End() => _items.Writer.TryComplete();

        public void Dispose() => Interlocked.Decrement(ref owner._connected);
    }
}

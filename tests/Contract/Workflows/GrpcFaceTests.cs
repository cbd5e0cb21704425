using System.Text;
using Grpc.Core;
using Tests.Contract.Hosting;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>What the gRPC face does by itself: tokens, unknown methods, malformed input, workers that come and go, the end.</summary>
public sealed class GrpcFaceTests(DaprFixture dapr) : IAsyncLifetime
{
    private static readonly CreateInstanceRequest Request = new() { Name = "x" };

    private readonly FakeEngine _engine = new();
    private readonly KeptLog _log = new();
    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("a fake engine stands behind the face");
        _sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Workflows = _engine, Loggers = _log });
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
        _log.Dispose();
    }

    [Theory]
    [InlineData(null, "missing api token in request metadata")]
    [InlineData("wrong", "authentication error: api token mismatch")]
    public async Task without_the_token_every_call_is_refused_with_the_reason(string? token, string reason)
    {
        await using var guarded = await EmbeddedSidecar.StartAsync(new SidecarOptions { Workflows = _engine, ApiToken = "secret-api" });
        (string, string)[] headers = token is null ? [] : [("dapr-api-token", token)];

        foreach (var path in new[] { "/TaskHubSidecarService/Hello", "/TaskHubSidecarService/GetWorkItems", "/no.such.Service/Method" })
        {
            var (status, message, details) = await RawGrpc.SendAsync(guarded.Grpc.Address, path, RawGrpc.Frame(new GetWorkItemsRequest()), headers);

            (status, message).ShouldBe(("16", "Unauthorized"));
            Encoding.UTF8.GetString(Convert.FromBase64String(details!)).ShouldContain("type.googleapis.com/google.rpc.ErrorInfo");
            Encoding.UTF8.GetString(Convert.FromBase64String(details!)).ShouldContain(reason);
        }
        (await guarded.Grpc.CallAsync(TaskHub.Hello, new())).ShouldNotBeNull();
        _engine.ConnectedWorkers.ShouldBe(0);
    }

    [Theory]
    [InlineData("/TaskHubSidecarService/NoSuchMethod", "2", "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData("/no.such.Service/Method", "2", "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "2", "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata")]
    [InlineData(
        "/dapr.proto.runtime.v1.Dapr/NoSuchMethod", "2",
        "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData(
        "/dapr.proto.runtime.v1.Dapr/ScheduleJobAlpha1", "12",
        "the embedded sidecar does not serve /dapr.proto.runtime.v1.Dapr/ScheduleJobAlpha1; use a Dapr")]
    public async Task an_unknown_method_is_told_and_logged(string path, string status, string message)
    {
        var answer = await RawGrpc.SendAsync(_sidecar.Grpc.Address, path, RawGrpc.Frame(new GetWorkItemsRequest()));

        (answer.Status, answer.Message).ShouldBe((status, message));
        _log.Has($"Warning: {path} is refused").ShouldBeTrue();
    }

    public static TheoryData<string, byte[], string, string> Malformed => new()
    {
        { "no frame", [], "13", "grpc: the request has no message" },
        { "a frame cut short", RawGrpc.Frame(Request, length: 500), "13", "grpc: the request ends inside a message" },
        { "a compressed frame", RawGrpc.Frame(Request, flag: 1), "13", "grpc: compressed flag set with identity or empty encoding" },
        { "over 4 MiB", RawGrpc.Frame(Request, length: 5_000_047), "8", "grpc: received message larger than max (5000047 vs. 4194304)" },
        { "bytes that are no protobuf", [0, 0, 0, 0, 2, 255, 255], "13", "grpc: error unmarshalling message" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task malformed_input_is_told_and_logged_and_other_calls_on_the_connection_go_on(
        string what, byte[] body, string status, string message)
    {
        var stream = ReadAsync(_sidecar.Grpc, CancellationToken.None);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1);

        foreach (var method in new[] { "StartInstance", "CompleteOrchestratorTask", "CompleteActivityTask", "GetWorkItems" })
        {
            var answer = await RawGrpc.SendAsync(_sidecar.Grpc.Address, $"/TaskHubSidecarService/{method}", body);
            answer.Status.ShouldBe(status, $"{what} to {method}");
            answer.Message.ShouldStartWith(message);
            _log.Has($"Warning: /TaskHubSidecarService/{method} is refused").ShouldBeTrue(what);
        }

        _engine.Requests.ShouldBeEmpty();
        _engine.Give(Activity(1));
        _engine.Stop();
        (await stream).Items.ShouldBe([1]);
    }

    [Fact]
    public async Task work_that_is_there_goes_out_and_an_idle_stream_costs_nothing()
    {
        var stream = ReadAsync(_sidecar.Grpc, CancellationToken.None);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1);

        _engine.Give([.. Enumerable.Range(0, 1_000).Select(Activity)]);
        await Eventually.HoldsAsync(() => stream.Received.Count == 1_000);
        var waits = _engine.Waits;
        await Eventually.StaysAsync(() => _engine.Waits == waits, TimeSpan.FromMilliseconds(100));

        _engine.Stop();
        (await stream).Items.ShouldBe(Enumerable.Range(0, 1_000));
        waits.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task a_worker_that_leaves_gives_its_session_back_at_once()
    {
        using var leaving = new CancellationTokenSource();
        var stream = ReadAsync(_sidecar.Grpc, leaving.Token);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1);

        await leaving.CancelAsync();

        (await stream).Status.StatusCode.ShouldBe(StatusCode.Cancelled);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 0);
    }

    [Fact]
    public async Task a_worker_whose_connection_breaks_gives_its_session_back_at_once()
    {
        var channel = new GrpcChannel(_sidecar.Grpc.Address);
        var stream = ReadAsync(channel, CancellationToken.None);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1);

        channel.Dispose();

        await stream;
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 0);
    }

    [Fact]
    public async Task an_activity_too_large_for_any_worker_fails_and_the_stream_goes_on()
    {
        var stream = ReadAsync(_sidecar.Grpc, CancellationToken.None);
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1);
        var large = Activity(1);
        large.ActivityRequest.Input = new string('x', GrpcLimits.MessageBytesMax);

        _engine.Give(large, Activity(2));
        await Eventually.HoldsAsync(() => stream.Received.Count == 1);

        stream.Received.ShouldBe([2]);
        var failed = _engine.Requests.ShouldHaveSingleItem().ShouldBeOfType<ActivityResponse>();
        (failed.InstanceId, failed.TaskId, failed.FailureDetails.IsNonRetriable).ShouldBe(("order-1", 1, true));
        failed.FailureDetails.ErrorMessage.ShouldContain("larger than max");
        _log.Has("Error: workflow order-1: activity ship fails").ShouldBeTrue();
        _engine.Stop();
        await stream;
    }

    [Fact]
    public async Task at_the_end_streams_and_waits_end_cancelled()
    {
        var stream = ReadAsync(_sidecar.Grpc, CancellationToken.None);
        var wait = FailureAsync(_sidecar.Grpc.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order-1" }));
        await Eventually.HoldsAsync(() => _engine.ConnectedWorkers == 1 && _engine.Requests.Count == 1);

        await _sidecar.StopGrpcAsync();

        (await stream).Status.ShouldBe(new Status(StatusCode.Cancelled, "shutting down"));
        (await wait).ShouldBe(new Status(StatusCode.Cancelled, "context canceled"));
        _engine.ConnectedWorkers.ShouldBe(0);
    }

    [Fact]
    public async Task a_deadline_ends_a_call_that_waits()
    {
        var answer = await RawGrpc.SendAsync(
            _sidecar.Grpc.Address, "/TaskHubSidecarService/RaiseEvent", RawGrpc.Frame(new RaiseEventRequest { InstanceId = "order-1" }),
            ("grpc-timeout", "50m"));

        (answer.Status, answer.Message).ShouldBe(("4", "context deadline exceeded"));
    }

    [Fact]
    public async Task hundreds_of_waits_on_one_connection_do_not_hold_back_a_completion()
    {
        using var giveUp = new CancellationTokenSource();
        var waits = Enumerable.Range(0, 300)
            .Select(i => FailureAsync(_sidecar.Grpc.CallAsync(
                TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = $"order-{i}" }, giveUp.Token)))
            .ToList();
        await Eventually.HoldsAsync(() => _engine.Requests.Count == waits.Count);

        await _sidecar.Grpc.CallAsync(TaskHub.CompleteActivityTask, new ActivityResponse { InstanceId = "order-1" });

        await giveUp.CancelAsync();
        await Task.WhenAll(waits);
    }

    private static WorkItem Activity(int taskId) => new()
    {
        ActivityRequest = new ActivityRequest { Name = "ship", TaskId = taskId, WorkflowInstance = new WorkflowInstance { InstanceId = "order-1" } },
    };

    private static WorkerStream ReadAsync(GrpcChannel channel, CancellationToken cancellationToken) => new(channel, cancellationToken);

    private static async Task<Status> FailureAsync<T>(Task<T> call) => (await Should.ThrowAsync<RpcException>(call)).Status;

    /// <summary>A worker's stream of activities, read to its end.</summary>
    private sealed class WorkerStream
    {
        private readonly Task<(IReadOnlyList<int> Items, Status Status)> _end;
        private readonly List<int> _received = [];

        public WorkerStream(GrpcChannel channel, CancellationToken cancellationToken) => _end = RunAsync(channel, cancellationToken);

        public IReadOnlyList<int> Received
        {
            get
            {
                lock (_received)
                {
                    return [.. _received];
                }
            }
        }

        public System.Runtime.CompilerServices.TaskAwaiter<(IReadOnlyList<int> Items, Status Status)> GetAwaiter() => _end.GetAwaiter();

        private async Task<(IReadOnlyList<int> Items, Status Status)> RunAsync(GrpcChannel channel, CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var item in channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), cancellationToken))
                {
                    lock (_received)
                    {
                        _received.Add(item.ActivityRequest.TaskId);
                    }
                }
                return (Received, Status.DefaultSuccess);
            }
            catch (RpcException e)
            {
                return (Received, e.Status);
            }
        }
    }
}

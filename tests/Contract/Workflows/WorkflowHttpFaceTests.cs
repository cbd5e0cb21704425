using Microsoft.Extensions.Time.Testing;
using Tests.Contract.Hosting;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>What the HTTP face of workflows does by itself.</summary>
public sealed class WorkflowHttpFaceTests(DaprFixture dapr) : IAsyncLifetime
{
    private readonly FakeEngine _engine = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly KeptLog _log = new();
    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("a fake engine stands behind the face");
        _sidecar = await EmbeddedSidecar.StartAsync(
            new SidecarOptions { Workflows = _engine, Loggers = _log, Time = _clock, MaxBodyBytes = 1_000, TracingSamplingRate = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
        _log.Dispose();
    }

    [Fact]
    public async Task a_start_does_not_wait_for_ever()
    {
        var start = _sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/workflows/dapr/ship/start?instanceID=order-1", "1");
        await Eventually.HoldsAsync(() => _engine.Requests.Count == 1);

        _clock.Advance(TimeSpan.FromMinutes(5));

        var answer = await start;
        (answer.Status, answer.ErrorCode).ShouldBe((500, "ERR_START_WORKFLOW"));
        answer.Message.ShouldBe(
            "error starting workflow 'ship': unable to start workflow: failed to start workflow: context deadline exceeded");
        _log.Has("Warning: POST /v1.0/workflows/dapr/ship/start is refused: error starting workflow 'ship'").ShouldBeTrue();
    }

    [Theory]
    [InlineData("ship/start?instanceID=order-1")]
    [InlineData("order-1/raiseEvent/paid")]
    public async Task a_body_over_the_limit_is_refused(string path)
    {
        var answer = await _sidecar.Client.SendAsync(HttpMethod.Post, $"/v1.0/workflows/dapr/{path}", new string('x', 1_001));

        (answer.Status, answer.Body).ShouldBe((400, """{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"""));
        _engine.Requests.ShouldBeEmpty();
        _log.Has("is refused: failed to read request body: stream too large").ShouldBeTrue();
    }

    [Fact]
    public async Task a_start_carries_the_callers_trace_on()
    {
        _engine.Act = static _ => Task.CompletedTask;
        const string Trace = "0af7651916cd43dd8448eb211c80319c";

        var answer = await _sidecar.Client.SendAsync(
            HttpMethod.Post, "/v1.0/workflows/dapr/ship/start?instanceID=order-1", "1",
            ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"), ("tracestate", "k=v"));

        answer.Status.ShouldBe(202);
        var context = _engine.Requests.ShouldHaveSingleItem().ShouldBeOfType<CreateInstanceRequest>().ParentTraceContext;
        context.TraceParent.ShouldStartWith($"00-{Trace}-");
        context.TraceState.ShouldBe("k=v");
    }

    [Fact]
    public async Task names_and_ids_are_unescaped_and_actions_are_for_the_whole_tree()
    {
        _engine.Act = static _ => Task.CompletedTask;

        (await _sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/workflows/dapr/order%201/raiseEvent/was%2Fpaid", "7")).Status.ShouldBe(202);
        (await _sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/workflows/dapr/order%201/terminate", null)).Status.ShouldBe(202);
        (await _sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/workflows/dapr/order%201/purge", null)).Status.ShouldBe(202);

        _engine.Requests.ShouldBe(
        [
            new RaiseEventRequest { InstanceId = "order 1", Name = "was/paid", Input = "7" },
            new TerminateRequest { InstanceId = "order 1", Recursive = true },
            new PurgeInstancesRequest { InstanceId = "order 1", Recursive = true },
        ]);
    }
}

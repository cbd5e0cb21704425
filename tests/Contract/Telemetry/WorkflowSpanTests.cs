using Tests.Contract.Hosting;
using Tests.Contract.Workflows;

namespace Tests.Contract.Telemetry;

/// <summary>
/// The spans of workflows. Source of names, kinds, parents and tags: durabletask-go 0.12.4, api/helpers/tracing.go and backend/orchestration.go.
/// </summary>
public sealed class WorkflowSpanTests(DaprFixture dapr) : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private const string Sampled = $"00-{TraceId}-{Caller}-01";

    private readonly string _data = Directory.CreateTempSubdirectory("spans-").FullName;
    private FakeZipkin _zipkin = null!;
    private EmbeddedSidecar _sidecar = null!;
    private HandWorker? _worker;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("its spans go elsewhere");
        _zipkin = await FakeZipkin.StartAsync();
        await StartSidecarAsync();
        _worker = new HandWorker(_sidecar.Grpc);
    }

    public async ValueTask DisposeAsync()
    {
        if (_zipkin is not null)
        {
            await StopSidecarAsync();
            await _zipkin.DisposeAsync();
        }
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task a_workflow_is_a_span_below_its_start_and_its_activities_are_below_it()
    {
        await StartAsync("act", "w1");

        var spans = await _zipkin.TraceAsync(TraceId, 5);
        Traces.HaveNoOrphans(spans, Caller);
        spans.Select(static s => s.Short).Order(StringComparer.Ordinal).ShouldBe(
        [
            "/v1.0/workflows/dapr/act/start CLIENT app-a", "activity||hello SERVER app-a", "activity||hello SERVER app-a",
            "create_orchestration||act CLIENT app-a", "orchestration||act SERVER app-a",
        ]);
        var call = One(spans, "/v1.0/workflows");
        call.ParentId.ShouldBe(Caller);
        var create = One(spans, "create_");
        create.ParentId.ShouldBe(call.Id);
        var workflow = One(spans, "orchestration||");
        workflow.ParentId.ShouldBe(create.Id);
        workflow.Tags.ShouldBe(
            new Dictionary<string, string>
            {
                ["durabletask.type"] = "orchestration", ["durabletask.task.name"] = "act", ["durabletask.task.instance_id"] = "w1",
                ["durabletask.runtime_status"] = "COMPLETED", ["service.name"] = "app-a", ["otel.scope.name"] = "durabletask",
            },
            ignoreOrder: true);
        var activities = spans.Where(static s => s.Name.StartsWith("activity", StringComparison.Ordinal)).ToList();
        activities.ShouldAllBe(a => a.ParentId == workflow.Id && a.Start >= workflow.Start && a.End <= workflow.End + 1);
        activities.Select(static a => a.Tags["durabletask.task.task_id"]).Order(StringComparer.Ordinal).ShouldBe(["1", "2"]);
        activities[0].Tags["durabletask.type"].ShouldBe("activity");
    }

    [Fact]
    public async Task a_child_is_below_its_parent_without_a_start_of_its_own()
    {
        await StartAsync("child", "w2");

        var spans = await _zipkin.TraceAsync(TraceId, 6);
        Traces.HaveNoOrphans(spans, Caller);
        One(spans, "orchestration||act").ParentId.ShouldBe(One(spans, "orchestration||child").Id);
        spans.Where(static s => s.Name == "activity||hello").ShouldAllBe(s => s.ParentId == One(spans, "orchestration||act").Id);
    }

    [Fact]
    public async Task a_timer_is_an_internal_span_from_its_making_to_its_firing()
    {
        await StartAsync("timer", "w3");

        var spans = await _zipkin.TraceAsync(TraceId, 4);
        var timer = One(spans, "timer");
        timer.Kind.ShouldBeNull();
        timer.ParentId.ShouldBe(One(spans, "orchestration||timer").Id);
        timer.Tags["durabletask.task.task_id"].ShouldBe("1");
        timer.Tags["durabletask.fire_at"].ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        (timer.End - timer.Start).ShouldBeGreaterThan(900_000);
    }

    [Fact]
    public async Task a_failure_is_told_by_the_workflows_span()
    {
        await StartAsync("actfail", "w4");

        var spans = await _zipkin.TraceAsync(TraceId, 4);
        var workflow = One(spans, "orchestration||");
        workflow.Tags["error"].ShouldBe("task failed with an error: activity boom");
        workflow.Tags["durabletask.runtime_status"].ShouldBe("FAILED");
        One(spans, "activity||boom").Tags.ShouldNotContainKey("error");
    }

    [Fact]
    public async Task what_comes_from_outside_is_noted_on_the_workflows_span()
    {
        await StartAsync("waitevent", "w5");
        await _sidecar.Client.PostJsonAsync("/v1.0/workflows/dapr/w5/pause", "");
        await _sidecar.Client.PostJsonAsync("/v1.0/workflows/dapr/w5/resume", "");
        await _sidecar.Client.PostJsonAsync("/v1.0/workflows/dapr/w5/raiseEvent/go", "\"now\"");

        One(await _zipkin.TraceAsync(TraceId, 3), "orchestration||").Annotations.ShouldBe(
        [
            """Execution suspended: {"reason":""}""", """Execution resumed: {"reason":""}""", """Received external event: {"name":"go","size":5}""",
        ]);
    }

    [Fact]
    public async Task each_generation_after_continue_as_new_is_a_trace_of_its_own()
    {
        await StartAsync("can", "w6", "1");

        await Eventually.HoldsAsync(
            () => Task.FromResult(_zipkin.Spans.Count(static s => s.Name == "orchestration||can") == 3), () => $"{_zipkin.Spans.Count} spans came.");
        var generations = _zipkin.Spans.Where(static s => s.Name == "orchestration||can").ToList();
        generations.Select(static s => s.TraceId).ShouldBeUnique();
        generations.Select(static s => s.Tags["durabletask.runtime_status"]).Order(StringComparer.Ordinal)
            .ShouldBe(["COMPLETED", "CONTINUED_AS_NEW", "CONTINUED_AS_NEW"]);
        // Only the first has something above it.
        generations.Count(static s => s.ParentId is null).ShouldBe(2);
    }

    [Fact]
    public async Task what_its_starter_does_not_sample_is_not_recorded()
    {
        await StartAsync("act", "w7", parent: $"00-{TraceId}-{Caller}-00");
        await StartAsync("act", "w8", parent: "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await _zipkin.TraceAsync("1af7651916cd43dd8448eb211c80319c", 5);
        _zipkin.Of(TraceId).ShouldBeEmpty();
    }

    [Fact]
    public async Task what_ends_after_a_restart_is_part_of_the_tree_that_began_before()
    {
        await StartAsync("waitevent", "w9");
        await StartAsync("timer", "w10", parent: $"00-1{TraceId[1..]}-{Caller}-01");
        var before = (await _zipkin.TraceAsync(TraceId, 2)).ToList();
        before.ShouldAllBe(static s => !s.Name.StartsWith("orchestration", StringComparison.Ordinal));

        await StopSidecarAsync();
        await StartSidecarAsync();
        _worker = new HandWorker(_sidecar.Grpc);
        await _sidecar.Client.PostJsonAsync("/v1.0/workflows/dapr/w9/raiseEvent/go", "1");

        var spans = await _zipkin.TraceAsync(TraceId, 3);
        Traces.HaveNoOrphans(spans, Caller);
        One(spans, "orchestration||").Start.ShouldBeLessThan(before.Max(static s => s.End));
        Traces.HaveNoOrphans(await _zipkin.TraceAsync($"1{TraceId[1..]}", 4), Caller);
    }

    private static ZipkinSpan One(IEnumerable<ZipkinSpan> spans, string name) =>
        spans.Single(s => s.Name.StartsWith(name, StringComparison.Ordinal));

    private async Task StartAsync(string name, string id, string input = "\"x\"", string parent = Sampled)
    {
        var answer = await _sidecar.Client.SendAsync(
            HttpMethod.Post, $"/v1.0/workflows/dapr/{name}/start?instanceID={id}", input, ("traceparent", parent));
        answer.Status.ShouldBe(202, answer.Body);
    }

    private async Task StartSidecarAsync() => _sidecar = await EmbeddedSidecar.StartAsync(
        new SidecarOptions { TracingSamplingRate = 1, Zipkin = _zipkin.Address, DataDirectory = _data });

    private async Task StopSidecarAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }
        await _sidecar.DisposeAsync();
    }
}

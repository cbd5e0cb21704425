using System.Text.RegularExpressions;
using Tests.Contract.Hosting;
using Tests.Contract.Recorded;
using Tests.Contract.Workflows;
using Tests.Servers;

namespace Tests.Contract.Telemetry;

/// <summary>What a sidecar offers on its metrics port, against what daprd 1.18.3 offered after the same requests.</summary>
public sealed partial class MetricsTests(MetricsRun run) : IClassFixture<MetricsRun>
{
    // Of things that this sidecar does not have (a scheduler, actors), or does not know (sizes of what lies between engine and worker,
    // how long it takes to hand an activity to an actor).
    [GeneratedRegex("^dapr_(grpc_io_client|runtime_actor|runtime_workflow_(activity_)?payload_size_ratio|runtime_workflow_activity_operation_latency)")]
    private static partial Regex NotHere { get; }

    [Fact]
    public async Task names_and_types_are_as_recorded()
    {
        var found = (await run.ScrapeAsync()).Split('\n').Where(static l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static l => l[7..]);

        run.Scene.MetricTypes.Where(static t => !NotHere.IsMatch(t)).Except(found, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task series_have_the_recorded_labels_and_values()
    {
        var found = Series(await run.ScrapeAsync());

        run.Scene.MetricSeries.Where(static s => !NotHere.IsMatch(s)).Select(Normal).Except(found.Select(Normal), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public async Task buckets_are_daprds()
    {
        var bounds = Series(await run.ScrapeAsync()).Where(static s => s.StartsWith("dapr_http_server_latency_bucket", StringComparison.Ordinal))
            .Select(static s => Bound().Match(s).Groups[1].Value).Distinct();

        bounds.ShouldBe(
            "1 2 3 4 5 6 8 10 13 16 20 25 30 40 50 65 80 100 130 160 200 250 300 400 500 650 800 1000 2000 5000 10000 20000 50000 100000 +Inf".Split(' '));
    }

    [Fact]
    public async Task promtool_can_read_it()
    {
        var (exitCode, said) = await Promtool.Find().RunAsync(await run.ScrapeAsync(), TestContext.Current.CancellationToken, "check", "metrics");

        // 3: it can read it, and would have chosen other names than daprd for some: those that end in count, counters without total.
        exitCode.ShouldBe(3, said);
        said.ShouldNotContain("error while linting", Case.Sensitive, said);
    }

    [Fact]
    public async Task each_port_tells_of_its_own_app_only() =>
        Series(await run.ScrapeAsync()).ShouldAllBe(static s => s.Contains("app_id=\"app-a\"", StringComparison.Ordinal));

    private static List<string> Series(string text) =>
        [.. text.Split('\n').Where(static l => l.Length > 0 && l[0] != '#').Select(static l => l[..l.LastIndexOf(' ')])];

    // Labels may stand in any order. What stands for the component that was recorded with is another type here.
    private static string Normal(string series)
    {
        var open = series.IndexOf('{', StringComparison.Ordinal);
        var labels = series[(open + 1)..^1].Replace("state.redis", "state.in-memory", StringComparison.Ordinal).Split(',').Order(StringComparer.Ordinal);
        return $"{series[..open]}{{{string.Join(',', labels)}}}"
            // The worker here answers by the method's old name.
            .Replace("CompleteWorkflowTask", "CompleteOrchestratorTask", StringComparison.Ordinal)
            // And the app has no configuration, which the recorded one had.
            .Replace("path=\"/dapr/config\",status=\"404\"", "path=\"/dapr/config\",status=\"200\"", StringComparison.Ordinal);
    }

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Bound();
}

/// <summary>The recording's requests, made once.</summary>
public sealed class MetricsRun : IAsyncLifetime
{
    private readonly int _port = LoopbackPort.Free();
    private readonly HttpClient _http = new();
    private Stage? _stage;

    public RecordedScene Scene { get; } = RecordedScene.All["h_tracing_metrics"];

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("DAPR_HTTP_ENDPOINT") is { Length: > 0 })
        {
            return;
        }
        var options = Stages.Of(Scene);
        _stage = await Stage.StartAsync(
            options with
            {
                MetricsPort = _port,
                Resources = static kind =>
                    [Resource.PubSub("mempubsub", kind), Resource.State("statestore", kind, "{name: actorStateStore, value: \"true\"}")],
            },
            "in-memory",
            redis: null);
        await _stage.StartAppsAsync();
        foreach (var entry in Scene.Entries)
        {
            foreach (var app in _stage.Apps)
            {
                if (entry.Reply is { } reply)
                {
                    app.Script(reply);
                }
            }
            foreach (var request in entry.Before.Append(entry.Request!))
            {
                await SendAsync(request.Method, request.Path, request.Body, request.Headers);
            }
        }
        using var grpc = _stage.OpenGrpc();
        await using var worker = new HandWorker(grpc);
        await SendAsync("POST", "/v1.0/workflows/dapr/act/start?instanceID=m", "\"x\"", headers: null);
        await grpc.CallAsync(Wire.Workflow.TaskHub.Hello, new Google.Protobuf.WellKnownTypes.Empty());
        await Eventually.HoldsAsync(
            async () => (await ScrapeAsync()).Contains("dapr_runtime_workflow_execution_count{", StringComparison.Ordinal), () => "The workflow did not end.");
    }

    /// <summary>What app-a's port says; skips the test where it is another Dapr's.</summary>
    public async Task<string> ScrapeAsync()
    {
        Assert.SkipWhen(_stage is null, "DAPR_HTTP_ENDPOINT is set: its metrics are not known here");
        return await _http.GetStringAsync($"http://127.0.0.1:{_port}/metrics");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_stage is not null)
        {
            await _stage.DisposeAsync();
        }
    }

    private Task<Answer> SendAsync(string method, string path, string? body, Dictionary<string, string>? headers) => _stage!.Client(null).SendAsync(
        HttpMethod.Parse(method), path, body, headers?.Select(static h => (h.Key, h.Value)).ToArray() ?? []);
}

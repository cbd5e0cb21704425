using System.Net;
using System.Net.Http.Json;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>
/// Two apps and their sidecars on the repository's own embedded components: state, invocation and messages work
/// together.
/// </summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly RunFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, 4).Select(_ => RunFolder.FreePort())];

    public EndToEndTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and process groups are those of Unix");
        _folder.With("resources/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec:
              type: pubsub.sqlite
              metadata: [{name: connectionString, value: broker.db}]
            """);
        _folder.With("resources/statestore.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: statestore}
            spec:
              type: state.sqlite
              metadata: [{name: connectionString, value: state.db}]
            """);
        _folder.With("resources/subscription.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: declared}
            spec: {pubsubname: pubsub, topic: declared, routes: {default: /events}}
            scopes: [subscriber]
            """);
        _folder.WithRunFile($$"""
            version: 1
            common:
              resourcesPaths: [resources]
              enableAppHealthCheck: true
              appHealthProbeInterval: 1
              appHealthProbeTimeout: 1000
              appHealthThreshold: 2
            apps:
              - appID: publisher
                appDirPath: app
                appPort: {{_ports[0]}}
                daprHTTPPort: {{_ports[1]}}
                command: {{RunFolder.TestAppCommand}}
              - appID: subscriber
                appDirPath: app
                appPort: {{_ports[2]}}
                daprHTTPPort: {{_ports[3]}}
                command: {{RunFolder.TestAppCommand}}
                env:
                  SUBSCRIPTIONS: '[{"pubsubname": "pubsub", "topic": "programmatic", "route": "/events"}]'
            """);
    }

    private Uri PublisherSidecar => new($"http://127.0.0.1:{_ports[1]}");

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("programmatic")]
    [InlineData("declared")]
    public async Task a_published_message_reaches_the_subscriber(string topic)
    {
        await using var host = Start();
        await host.ReadyAsync();

        await PublishAsync(topic, "{\"n\":1}");

        await Eventually.HoldsAsync(() => Events().Any(e => e.Contains("{\"n\":1}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task apps_are_invoked_by_id_and_state_is_kept_per_app()
    {
        await using var host = Start();
        await host.ReadyAsync();

        (await _http.GetStringAsync(new Uri(PublisherSidecar, "/v1.0/invoke/subscriber/method/hello"))).ShouldBe(
            "hello from subscriber");

        using var saved = await _http.PostAsJsonAsync(
            new Uri(PublisherSidecar, "/v1.0/state/statestore"), new[] { new { key = "k", value = 5 } });
        saved.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _http.GetStringAsync(new Uri(PublisherSidecar, "/v1.0/state/statestore/k"))).ShouldBe("5");
        using var other = await _http.GetAsync(new Uri($"http://127.0.0.1:{_ports[3]}/v1.0/state/statestore/k"));
        other.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task what_was_accepted_survives_a_kill_of_the_host()
    {
        await using (var host = Start())
        {
            await host.ReadyAsync();
            await _http.PostAsync(new Uri($"http://127.0.0.1:{_ports[2]}/healthy/false"), content: null);
            await host.LineAsync("WARN  subscriber app is unhealthy");
            await PublishAsync("programmatic", "{\"n\":2}");
            host.Signal("KILL");
        }

        await using var again = Start();
        await again.ReadyAsync();

        await Eventually.HoldsAsync(() => Events().Any(e => e.Contains("{\"n\":2}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task shutdown_stops_one_sidecar_and_its_app_and_the_last_one_ends_the_host()
    {
        await using var host = Start();
        await host.ReadyAsync();

        await _http.PostAsync(new Uri($"http://127.0.0.1:{_ports[3]}/v1.0/shutdown"), content: null);
        await host.LineAsync("== APP - subscriber == stopping");
        (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports[0]}/hello"))).ShouldBe("hello from publisher");

        await _http.PostAsync(new Uri(PublisherSidecar, "/v1.0/shutdown"), content: null);
        (await host.ExitAsync()).ShouldBe(0);
    }

    private HostProcess Start() => new("-f", _folder.RunFile, "--data-dir", _folder.In("data"));

    private async Task PublishAsync(string topic, string json)
    {
        using var content = new StringContent(
            json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await _http.PostAsync(new Uri(PublisherSidecar, $"/v1.0/publish/pubsub/{topic}"), content);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private string[] Events() =>
        _http.GetFromJsonAsync<string[]>($"http://127.0.0.1:{_ports[2]}/events").GetAwaiter().GetResult()!;
}

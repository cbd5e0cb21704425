using Tests.Contract.Hosting;
using Tests.Contract.Recorded;

namespace Tests.Contract.Face;

/// <summary>
/// App health checks: an app that fails them gets neither messages nor triggers nor calls, and all of them again once it passes.
/// Source: Dapr docs, "App health checks"; Dapr 1.18.3, pkg/channel/http.
/// </summary>
public sealed class AppHealthTests(DaprFixture dapr) : IAsyncLifetime
{
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(300);

    private Stage _stage = null!;
    private ScriptedApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("it would have to have the test's app behind it");
        _stage = await Stage.StartAsync(
            new StageOptions(["app-f", "app-g"], static kind =>
            [
                Resource.PubSub("pubsub", kind),
                new("tick", """
                    apiVersion: dapr.io/v1alpha1
                    kind: Component
                    metadata: {name: tick}
                    spec: {type: bindings.cron, version: v1, metadata: [{name: schedule, value: "@every 100ms"}]}
                    scopes: [app-f]
                    """),
            ])
            {
                AppFields = "enableAppHealthCheck: true, appHealthProbeInterval: 1, appHealthProbeTimeout: 500, appHealthThreshold: 1",
                Subscriptions = """[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""",
            },
            "sqlite", redis: null);
        await _stage.StartAppsAsync();
        _app = _stage.Apps.First();
    }

    public ValueTask DisposeAsync() => _stage?.DisposeAsync() ?? default;

    [Fact]
    public async Task deliveries_and_triggers_stop_while_the_app_is_unhealthy_and_come_when_it_recovers()
    {
        await PublishAsync("before");
        await Eventually.HoldsAsync(() => Delivered() == 1 && Ticks() > 0);

        await BecomeAsync(healthy: false);
        var ticks = Ticks();
        await PublishAsync("meanwhile");
        await Eventually.StaysAsync(() => Delivered() == 1 && Ticks() == ticks, AWhile);

        await BecomeAsync(healthy: true);
        await Eventually.HoldsAsync(() => Delivered() == 2 && Ticks() > ticks);
        _app.All.Last(static c => c.Path == "/t").Body.ShouldContain("meanwhile");
    }

    [Fact]
    public async Task calls_to_an_unhealthy_app_are_refused_in_daprs_words()
    {
        (await InvokeAsync("app-g")).Status.ShouldBe(200);

        await BecomeAsync(healthy: false);
        var seen = _app.All.Count(static c => c.Path == "/hello");

        (await InvokeAsync("app-g")).Body.ShouldBe(Answer.Error(
            "ERR_DIRECT_INVOKE",
            "failed to invoke, id: app-f, err: rpc error: code = Internal desc = error invoking app channel: "
            + "rpc error: code = Internal desc = app is not in a healthy state"));
        (await InvokeAsync("app-f")).Body.ShouldBe(Answer.Error(
            "ERR_DIRECT_INVOKE", "failed to invoke, id: app-f, err: rpc error: code = Internal desc = app is not in a healthy state"));
        _app.All.Count(static c => c.Path == "/hello").ShouldBe(seen);

        await BecomeAsync(healthy: true);
        await Eventually.HoldsAsync(async () => (await InvokeAsync("app-g")).Status == 200, static () => "The app is still refused.");
    }

    [Fact]
    public async Task an_unhealthy_app_does_not_make_its_sidecar_unready()
    {
        await BecomeAsync(healthy: false);

        (await _stage.Client("app-f").GetAnswerAsync("/v1.0/healthz")).Status.ShouldBe(204);
        (await _stage.Client("app-f").GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("appConnectionProperties").GetProperty("health").GetRawText()
            .ShouldBe("""{"healthCheckPath":"/healthz","healthProbeInterval":"1s","healthProbeTimeout":"500ms","healthThreshold":1}""");
    }

    private int Delivered() => _app.All.Count(static c => c.Path == "/t");

    private int Ticks() => _app.All.Count(static c => c.Path == "/tick");

    private Task<Answer> InvokeAsync(string caller) => _stage.Client(caller).GetAnswerAsync("/v1.0/invoke/app-f/method/hello");

    private async Task PublishAsync(string text) =>
        (await _stage.Client("app-f").PostJsonAsync("/v1.0/publish/pubsub/t", $"\"{text}\"")).Status.ShouldBe(204);

    private async Task BecomeAsync(bool healthy)
    {
        var said = Said(healthy);
        _app.Script(new RecordedReply("/healthz", healthy ? 200 : 500, ""));
        await Eventually.HoldsAsync(() => Said(healthy) > said);
    }

    private int Said(bool healthy) => _stage.Log.Split(healthy ? "app-f app ready" : "app-f app is unhealthy").Length;
}

using Sidecar.Resources;
using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>Health, metadata, shutdown.</summary>
public sealed class HealthAndMetadataTests(DaprFixture dapr)
{
    [Theory]
    [InlineData("/v1.0/healthz")]
    [InlineData("/v1.0/healthz/outbound")]
    public async Task health_is_204_and_never_traced(string path)
    {
        var answer = await dapr.Client.GetAnswerAsync(path, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        answer.Status.ShouldBe(204);
        answer.Body.ShouldBeEmpty();
        answer.Headers.ShouldNotContainKey("traceparent");
    }

    [Fact]
    public async Task health_knows_its_own_app_id_only()
    {
        var id = (await dapr.Client.GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("id").GetString();

        (await dapr.Client.GetAnswerAsync($"/v1.0/healthz?appid={id}")).Status.ShouldBe(204);
        var other = await dapr.Client.GetAnswerAsync("/v1.0/healthz?appid=some-other-app");
        other.Status.ShouldBe(500);
        other.Body.ShouldBe("""{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}""");
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task health_has_no_other_method(string method)
    {
        (await dapr.Client.SendAsync(new HttpMethod(method), "/v1.0/healthz", null)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task unready_until_the_app_port_is_open_and_ready_for_good_then()
    {
        dapr.Embedded("its app is up");
        await using var sidecar = await EmbeddedSidecar.StartAsync();
        sidecar.Self.IsReady = false;

        var before = await sidecar.Client.GetAnswerAsync("/v1.0/healthz");
        before.Status.ShouldBe(500);
        before.ErrorCode.ShouldBe("ERR_HEALTH_NOT_READY");
        (await sidecar.Client.GetAnswerAsync("/v1.0/healthz/outbound")).Status.ShouldBe(204);

        sidecar.Self.IsReady = true;
        (await sidecar.Client.GetAnswerAsync("/v1.0/healthz")).Status.ShouldBe(204);
        sidecar.Self.IsReady = false;
        (await sidecar.Client.GetAnswerAsync("/v1.0/healthz")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task metadata_names_app_version_and_components()
    {
        var metadata = (await dapr.Client.GetAnswerAsync("/v1.0/metadata")).Json;

        metadata.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
        metadata.GetProperty("runtimeVersion").GetString().ShouldNotBeNullOrEmpty();
        metadata.GetProperty("extended").GetProperty("daprRuntimeVersion").GetString().ShouldNotBeNullOrEmpty();
        var store = metadata.GetProperty("components").EnumerateArray().Single(c => c.GetProperty("name").GetString() == DaprFixture.Stores[0]);
        store.GetProperty("version").GetString().ShouldBe("v1");
        store.GetProperty("type").GetString()!.ShouldStartWith("state.");
        store.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()).ShouldContain("ETAG");
    }

    [Fact]
    public async Task metadata_lists_active_subscriptions_and_the_apps_address()
    {
        dapr.Embedded("its subscriptions are not known here");
        await using var sidecar = await EmbeddedSidecar.StartAsync();
        sidecar.Runtime.ActiveSubscriptions =
        [
            new Subscription(
                "pubsub", "orders", [new RouteRule("event.type == \"x\"", "/x"), new RouteRule(null, "/orders")], "dead",
                new BulkSubscribe(false), new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" }, [], SubscriptionSource.Programmatic, "app"),
        ];

        var answer = await sidecar.Client.GetAnswerAsync("/v1.0/metadata");

        answer.Headers["Content-Type"].ShouldBe("application/json");
        answer.Body.ShouldEndWith("\n");
        answer.Json.GetProperty("subscriptions").GetRawText().ShouldBe(
            """[{"pubsubname":"pubsub","topic":"orders","metadata":{"a":"b"},"rules":[{"match":"event.type == \"x\"","path":"/x"},{"path":"/orders"}],"deadLetterTopic":"dead","type":"PROGRAMMATIC"}]""");
        answer.Json.GetProperty("appConnectionProperties").GetProperty("port").GetInt32().ShouldBe(sidecar.Self.BaseAddress!.Port);
    }

    [Fact]
    public async Task custom_metadata_is_listed_after_it_was_put()
    {
        var key = DaprFixture.Key("attribute");

        (await dapr.Client.SendAsync(HttpMethod.Put, $"/v1.0/metadata/{key}", "bar", ("Content-Type", "text/plain"))).Status.ShouldBe(204);
        (await dapr.Client.SendAsync(HttpMethod.Put, $"/v1.0/metadata/{key}-empty", "")).Status.ShouldBe(204);

        var extended = (await dapr.Client.GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("extended");
        extended.GetProperty(key).GetString().ShouldBe("bar");
        extended.GetProperty($"{key}-empty").GetString().ShouldBe("");
    }

    [Fact]
    public async Task shutdown_answers_first_and_asks_the_host_then()
    {
        dapr.Embedded("it would stop");
        await using var sidecar = await EmbeddedSidecar.StartAsync();

        (await sidecar.Client.GetAnswerAsync("/v1.0/shutdown")).Status.ShouldBe(404);
        sidecar.ShutdownRequested.Task.IsCompleted.ShouldBeFalse();
        (await sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/shutdown", null)).Status.ShouldBe(204);

        await sidecar.ShutdownRequested.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }
}

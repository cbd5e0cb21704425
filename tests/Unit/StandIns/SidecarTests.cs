using Dapr;
using Dapr.Client;

namespace Tests.Unit.StandIns;

public sealed class SidecarTests
{
    [Theory]
    [InlineData(204, true)]
    [InlineData(500, false)]
    public async Task health_is_what_the_sidecar_says(int status, bool healthy)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(status);
        using var client = sidecar.NewClient();

        (await client.CheckHealthAsync()).ShouldBe(healthy);
        (await client.CheckOutboundHealthAsync()).ShouldBe(healthy);

        sidecar.Requests.Select(request => request.Line).ShouldBe(["GET /v1.0/healthz", "GET /v1.0/healthz/outbound"]);
    }

    [Fact]
    public async Task a_sidecar_that_is_down_is_not_healthy()
    {
        using var client = new DaprClientBuilder().UseHttpEndpoint(await FakeSidecar.DownAsync()).Build();

        (await client.CheckHealthAsync()).ShouldBeFalse();
        (await client.CheckOutboundHealthAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task waiting_ends_when_the_sidecar_is_ready()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(_ => sidecar.Requests.Count == 1 ? new SidecarAnswer(500, "") : SidecarAnswer.NoContent);
        using var client = sidecar.NewClient();

        await client.WaitForSidecarAsync();

        sidecar.Requests.Select(request => request.Target).ShouldBe(["/v1.0/healthz/outbound", "/v1.0/healthz/outbound"]);
    }

    [Fact]
    public async Task waiting_can_be_given_up()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(500);
        using var client = sidecar.NewClient();
        using var patience = new CancellationTokenSource();

        var waiting = client.WaitForSidecarAsync(patience.Token);
        await Eventually.HoldsAsync(() => sidecar.Requests.Count > 0);
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task the_token_goes_with_every_call()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient(builder => builder.UseDaprApiToken("secret"));

        await client.CheckHealthAsync();
        await client.ShutdownSidecarAsync();
        await client.SetMetadataAsync("a", "b");
        await client.PublishEventAsync("pubsub", "orders", 1);
        await client.BulkPublishEventAsync("pubsub", "orders", new[] { 1 });
        await client.SaveStateAsync("store", "k", 1);
        await client.GetStateAsync<int>("store", "k");
        await client.DeleteStateAsync("store", "k");
        await client.InvokeBindingAsync("b", "create", 1);

        sidecar.Requests.Count.ShouldBe(9);
        sidecar.Requests.ShouldAllBe(request => request["dapr-api-token"] == "secret");
        sidecar.Requests.ShouldAllBe(request => request["User-Agent"]!.StartsWith("dapr-sdk-dotnet/v1."));
    }

    [Fact]
    public async Task shutdown_and_attributes_go_to_their_paths()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.ShutdownSidecarAsync();
        await client.SetMetadataAsync("foo", "bar");

        sidecar.Requests[0].Line.ShouldBe("POST /v1.0/shutdown");
        sidecar.Requests[1].Line.ShouldBe("PUT /v1.0/metadata/foo");
        sidecar.Requests[1].Text.ShouldBe("bar");
        sidecar.Requests[1]["Content-Type"]!.ShouldStartWith("text/plain");
    }

    [Fact]
    public async Task metadata_is_read_as_a_real_dapr_writes_it()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(
            200,
            """
            {"id":"app-a","runtimeVersion":"1.18.3","enabledFeatures":["HotReload"],"components":[
              {"name":"pubsub","type":"pubsub.redis","version":"v1"},
              {"name":"statestore","type":"state.redis","version":"v1","capabilities":["ETAG","TTL"]}],
             "extended":{"daprRuntimeVersion":"1.18.3","foo":"bar"},
             "subscriptions":[{"pubsubname":"pubsub","topic":"orders","rules":[{"path":"/orders"}],"type":"PROGRAMMATIC"}],
             "actorRuntime":{"runtimeStatus":"RUNNING","hostReady":true,"activeActors":[{"type":"a","count":2}]}}
            """);
        using var client = sidecar.NewClient();

        var metadata = await client.GetMetadataAsync();

        sidecar.Request.Line.ShouldBe("GET /v1.0/metadata");
        metadata.Id.ShouldBe("app-a");
        metadata.Extended["foo"].ShouldBe("bar");
        metadata.Actors.Select(actor => (actor.Type, actor.Count)).ShouldBe([("a", 2)]);
        metadata.Components.Select(component => component.Name).ShouldBe(["pubsub", "statestore"]);
        metadata.Components[0].Capabilities.ShouldBeEmpty();
        metadata.Components[1].Capabilities.ShouldBe(["ETAG", "TTL"]);
    }

    [Fact]
    public async Task a_binding_is_called_with_operation_data_and_metadata()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(200, """{"a":1}""", ("metadata.etag", "9"));
        using var client = sidecar.NewClient();

        var answer = await client.InvokeBindingAsync<int[], Dictionary<string, int>>(
            "store", "create", [1, 2], new Dictionary<string, string> { ["key"] = "k" });
        var response = await client.InvokeBindingAsync(
            new BindingRequest("store", "get") { Data = "{\"b\": 1}"u8.ToArray() });
        await client.InvokeBindingAsync(new BindingRequest("store", "text") { Data = "plain"u8.ToArray() });
        await client.InvokeBindingAsync(new BindingRequest("store", "list"));

        answer.ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
        response.Data.ToArray().ShouldBe("{\"a\":1}"u8.ToArray());
        response.Metadata["etag"].ShouldBe("9");
        sidecar.Requests.Select(request => request.Line).Distinct().ShouldBe(["POST /v1.0/bindings/store"]);
        sidecar.Requests.Select(request => request.Text).ShouldBe([
            """{"operation":"create","data":[1,2],"metadata":{"key":"k"}}""",
            """{"operation":"get","data":{"b":1}}""",
            """{"operation":"text","data":"plain"}""",
            """{"operation":"list"}""",
        ]);
        await Should.ThrowAsync<DaprException>(() => client.InvokeBindingAsync(
            new BindingRequest("store", "create") { Data = new byte[] { 255, 0 } }));
    }
}

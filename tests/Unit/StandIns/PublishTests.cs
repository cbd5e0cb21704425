using System.Diagnostics;
using System.Text.Json.Serialization;
using Dapr;

namespace Tests.Unit.StandIns;

public sealed class PublishTests
{
    [Fact]
    public async Task an_object_is_published_as_json_with_web_defaults()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "orders", new Placed("o-1", 3));

        sidecar.Request.Line.ShouldBe("POST /v1.0/publish/pubsub/orders");
        sidecar.Request["Content-Type"].ShouldBe("application/json");
        sidecar.Request["Content-Length"].ShouldBe("27");
        sidecar.Request.Text.ShouldBe("""{"orderId":"o-1","lines":3}""");
    }

    [Fact]
    public async Task metadata_goes_into_the_query()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "orders", 1, new Dictionary<string, string>
        {
            ["ttlInSeconds"] = "60",
            ["cloudevent.id"] = "a b&c",
        });

        sidecar.Request.Target.ShouldBe(
            "/v1.0/publish/pubsub/orders?metadata.ttlInSeconds=60&metadata.cloudevent.id=a%20b%26c");
    }

    [Fact]
    public async Task an_event_without_data_has_no_body_and_no_content_type()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "orders");
        await client.PublishEventAsync("pubsub", "orders", new Dictionary<string, string> { ["a"] = "1" });

        sidecar.Requests[0].Body.ShouldBeEmpty();
        sidecar.Requests[0]["Content-Type"].ShouldBeNull();
        sidecar.Requests[1].Line.ShouldBe("POST /v1.0/publish/pubsub/orders?metadata.a=1");
    }

    [Fact]
    public async Task a_cloud_event_goes_out_as_one()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "orders", new CloudEvent<Placed>(new Placed("o-1", 3))
        {
            Type = "order.placed.v1",
            Source = new Uri("orders", UriKind.Relative),
            Subject = "o-1",
        });

        sidecar.Request["Content-Type"].ShouldBe("application/cloudevents+json");
        sidecar.Request.Text.ShouldBe(
            """{"data":{"orderId":"o-1","lines":3},"datacontenttype":"application/json","source":"orders","type":"order.placed.v1","subject":"o-1"}""");
    }

    [Fact]
    public async Task attributes_that_a_subclass_adds_are_written()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "orders", new Envelope(new Placed("o-1", 3)) { Id = "m-1" });

        sidecar.Request["Content-Type"].ShouldBe("application/cloudevents+json");
        sidecar.Request.Text.ShouldContain("\"id\":\"m-1\"");
    }

    [Fact]
    public async Task bytes_are_published_as_they_are()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishByteEventAsync("pubsub", "orders", new byte[] { 0, 1, 255 }, "application/octet-stream");
        await client.PublishByteEventAsync("pubsub", "orders", "{}"u8.ToArray());

        sidecar.Requests[0].Body.ShouldBe([0, 1, 255]);
        sidecar.Requests[0]["Content-Type"].ShouldBe("application/octet-stream");
        sidecar.Requests[1]["Content-Type"].ShouldBe("application/json");
    }

    [Fact]
    public async Task a_topic_may_hold_slashes_and_needs_no_escaping_by_the_caller()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.PublishEventAsync("pubsub", "sl/a sh", 1);

        sidecar.Request.Target.ShouldBe("/v1.0/publish/pubsub/sl/a%20sh");
    }

    [Fact]
    public async Task the_trace_goes_on_through_the_sidecar()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();
        using var http = client.CreateInvokableHttpClient("orders");
        using var activity = new Activity("test").Start();

        await client.PublishEventAsync("pubsub", "orders", 1);
        await http.GetAsync("/a");

        sidecar.Requests.ShouldAllBe(request => request["traceparent"]!.Contains(activity.TraceId.ToHexString()));
    }

    [Fact]
    public async Task a_refusal_names_operation_status_code_and_message()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(404, """{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub nope is not found"}""");
        using var client = sidecar.NewClient();

        var refused = await Should.ThrowAsync<DaprException>(() => client.PublishEventAsync("nope", "orders", 1));

        refused.Message.ShouldBe("Publish operation failed: the Dapr endpoint answered 404 ERR_PUBSUB_NOT_FOUND: "
            + "pubsub nope is not found");
        refused.InnerException.ShouldBeOfType<HttpRequestException>().StatusCode
            .ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_refusal_in_plain_text_is_told_too()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(401, "invalid api token");
        using var client = sidecar.NewClient();

        var refused = await Should.ThrowAsync<DaprException>(() => client.PublishEventAsync("pubsub", "orders", 1));

        refused.Message.ShouldEndWith("answered 401: invalid api token");
    }

    [Fact]
    public async Task names_must_be_given()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await Should.ThrowAsync<ArgumentException>(() => client.PublishEventAsync("", "orders", 1));
        await Should.ThrowAsync<ArgumentNullException>(() => client.PublishEventAsync("pubsub", null!, 1));
        await Should.ThrowAsync<ArgumentNullException>(() => client.PublishEventAsync<string>("pubsub", "orders", null!));
        await Should.ThrowAsync<ArgumentException>(() => client.PublishEventAsync("pubsub", "..", 1));
        sidecar.Requests.ShouldBeEmpty();
    }

    internal sealed record Placed(string OrderId, int Lines);

    internal sealed class Envelope(Placed data) : CloudEvent<Placed>(data)
    {
        [JsonPropertyName("id")]
        public string? Id { get; init; }
    }
}

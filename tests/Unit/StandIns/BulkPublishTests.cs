using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr;

namespace Tests.Unit.StandIns;

public sealed class BulkPublishTests
{
    private static readonly string[] TwoEvents = ["first", "second"];

    [Fact]
    public async Task events_go_out_in_one_call_numbered_by_position()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        var response = await client.BulkPublishEventAsync("pubsub", "orders", TwoEvents);

        response.FailedEntries.ShouldBeEmpty();
        sidecar.Request.Line.ShouldBe("POST /v1.0/publish/bulk/pubsub/orders");
        sidecar.Request["Content-Type"].ShouldBe("application/json");
        sidecar.Request["Transfer-Encoding"].ShouldBeNull();
        sidecar.Request.Text.ShouldBe(
            """[{"entryId":"0","event":"first","contentType":"application/json"},{"entryId":"1","event":"second","contentType":"application/json"}]""");
    }

    [Fact]
    public async Task the_content_type_follows_each_event()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();
        object[] events = [new byte[] { 0, 1, 255 }, new CloudEvent<int>(7) { Type = "t" }, 5];

        await client.BulkPublishEventAsync("pubsub", "orders", events);

        sidecar.Request.Text.ShouldBe(
            """[{"entryId":"0","event":"AAH/","contentType":"application/octet-stream"},{"entryId":"1","event":{"data":7,"datacontenttype":"application/json","source":null,"type":"t","subject":null},"contentType":"application/cloudevents+json"},{"entryId":"2","event":5,"contentType":"application/json"}]""");
    }

    [Fact]
    public async Task events_of_a_subclass_are_written_by_the_declared_type()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.BulkPublishEventAsync("pubsub", "orders", [new Envelope { Id = "m-1", Type = "t" }]);

        sidecar.Request.Text.ShouldContain("\"id\":\"m-1\"");
        sidecar.Request.Text.ShouldContain("\"contentType\":\"application/cloudevents+json\"");
    }

    [Fact]
    public async Task metadata_goes_with_the_call_and_with_each_event()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await client.BulkPublishEventAsync(
            "pubsub", "orders", TwoEvents, new Dictionary<string, string> { ["rawPayload"] = "true" });

        sidecar.Request.Target.ShouldBe("/v1.0/publish/bulk/pubsub/orders?metadata.rawPayload=true");
        Entries(sidecar.Request).ShouldAllBe(entry =>
            entry.GetProperty("metadata").GetProperty("rawPayload").GetString() == "true");
    }

    [Fact]
    public async Task a_partial_failure_lists_the_events_that_failed()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(
            500, """{"failedEntries":[{"entryId":"1","error":"no room"}],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}""");
        using var client = sidecar.NewClient();

        var response = await client.BulkPublishEventAsync("pubsub", "orders", TwoEvents);

        var failed = response.FailedEntries.ShouldHaveSingleItem();
        failed.ErrorMessage.ShouldBe("no room");
        failed.Entry.EntryId.ShouldBe("1");
        failed.Entry.EventData.ShouldBe("second");
        failed.Entry.ContentType.ShouldBe("application/json");
    }

    [Theory]
    [InlineData(400, """{"errorCode":"ERR_PUBSUB_EVENTS_SER","message":"error marshaling events"}""")]
    [InlineData(500, """{"failedEntries":[],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}""")]
    [InlineData(403, """{"errorCode":"ERR_PUBSUB_FORBIDDEN","message":"topic other is not allowed"}""")]
    [InlineData(502, "no JSON at all")]
    public async Task a_failure_of_the_whole_call_is_an_exception(int status, string body)
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(status, body);
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<DaprException>(
            () => client.BulkPublishEventAsync("pubsub", "orders", TwoEvents));

        failed.Message.ShouldStartWith("Bulk Publish operation failed: the Dapr endpoint answered " + status);
    }

    [Fact]
    public async Task a_runtime_that_has_the_call_in_alpha_only_is_asked_there_from_then_on()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(request => request.Target.StartsWith("/v1.0-alpha1/", StringComparison.Ordinal)
            ? SidecarAnswer.NoContent
            : new SidecarAnswer(404, """{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub bulk is not found"}"""));
        using var client = sidecar.NewClient();

        await client.BulkPublishEventAsync("pubsub", "orders", TwoEvents);
        await client.BulkPublishEventAsync("pubsub", "orders", TwoEvents);

        sidecar.Requests.Select(request => request.Target).ShouldBe([
            "/v1.0/publish/bulk/pubsub/orders",
            "/v1.0-alpha1/publish/bulk/pubsub/orders",
            "/v1.0-alpha1/publish/bulk/pubsub/orders",
        ]);
        sidecar.Requests[1].Text.ShouldBe(sidecar.Requests[0].Text);
    }

    [Fact]
    public async Task a_missing_component_is_an_exception_that_names_it()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        sidecar.Answer(404, """{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub nope is not found"}""");
        using var client = sidecar.NewClient();

        var failed = await Should.ThrowAsync<DaprException>(
            () => client.BulkPublishEventAsync("nope", "orders", TwoEvents));

        failed.Message.ShouldContain("pubsub nope is not found");
    }

    [Fact]
    public async Task large_batches_from_many_callers_arrive_whole_over_few_connections()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();
        const int callers = 8;

        // Pooled buffers: a body must never hold what another caller wrote.
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            var text = new string((char)('a' + caller), 3000);
            for (var round = 0; round < 10; round++)
            {
                await client.BulkPublishEventAsync(
                    "pubsub", $"t{caller}", Enumerable.Repeat(text, 20 + round).ToArray());
            }
        }));

        sidecar.Requests.Count.ShouldBe(80);
        sidecar.Connections.ShouldBeLessThanOrEqualTo(callers);
        foreach (var request in sidecar.Requests)
        {
            var letter = (char)('a' + (request.Target[^1] - '0'));
            Entries(request).ShouldAllBe(entry => entry.GetProperty("event").GetString() == new string(letter, 3000));
        }
    }

    [Fact]
    public async Task an_event_that_cannot_be_written_is_the_callers_error_and_nothing_is_sent()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var client = sidecar.NewClient();

        await Should.ThrowAsync<NotSupportedException>(
            () => client.BulkPublishEventAsync("pubsub", "orders", [typeof(string)]));

        sidecar.Requests.ShouldBeEmpty();
    }

    private static List<JsonElement> Entries(SidecarRequest request) =>
        [.. JsonDocument.Parse(Encoding.UTF8.GetString(request.Body)).RootElement.EnumerateArray()];

    internal sealed class Envelope : CloudEvent
    {
        [JsonPropertyName("id")]
        public string? Id { get; init; }
    }
}

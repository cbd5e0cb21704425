using Sidecar.Http;
using Sidecar.PubSub;
using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>What the face makes of publish requests, and of the publisher's results.</summary>
public sealed class PublishFaceTests(DaprFixture dapr) : IAsyncLifetime
{
    private EmbeddedSidecar? _sidecar;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("its publisher is not seen here");
        _sidecar = await EmbeddedSidecar.StartAsync();
    }

    public ValueTask DisposeAsync() => _sidecar?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task body_content_type_and_metadata_reach_the_publisher_as_sent(string method)
    {
        var answer = await _sidecar!.Client.SendAsync(
            new HttpMethod(method), "/v1.0/publish/pubsub/orders?metadata.ttlInSeconds=60&metadata.cloudevent.type=a%20b&other=1", "{\"a\": 1}",
            ("Content-Type", "application/json; charset=utf-8"));

        answer.Status.ShouldBe(204);
        answer.Body.ShouldBeEmpty();
        var call = _sidecar.Publisher.Calls.Single();
        (call.Pubsub, call.Topic, call.Body, call.ContentType).ShouldBe(("pubsub", "orders", "{\"a\": 1}", "application/json; charset=utf-8"));
        call.Metadata.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["ttlInSeconds"] = "60", ["cloudevent.type"] = "a b" }, ignoreOrder: true);
    }

    [Fact]
    public async Task an_absent_body_and_content_type_are_empty_and_null()
    {
        (await _sidecar!.Client.SendAsync(HttpMethod.Post, "/v1.0/publish/pubsub/t", null)).Status.ShouldBe(204);

        _sidecar.Publisher.Calls.Single().Body.ShouldBeEmpty();
        _sidecar.Publisher.Calls.Single().ContentType.ShouldBeNull();
    }

    [Theory]
    [InlineData("/v1.0/publish/pubsub/sl/ash", "pubsub", "sl/ash")]
    [InlineData("/v1.0/publish/pubsub/sl%2Fash", "pubsub", "sl/ash")]
    [InlineData("/v1.0/publish/bulk/pubsub/t/u", "pubsub", "t/u")]
    [InlineData("/v1.0-alpha1/publish/bulk/pubsub/t", "pubsub", "t")]
    public async Task topics_may_hold_slashes(string path, string pubsub, string topic)
    {
        (await _sidecar!.Client.PostJsonAsync(path, "[]")).Status.ShouldBe(204);

        (_sidecar.Publisher.Calls.Single().Pubsub, _sidecar.Publisher.Calls.Single().Topic).ShouldBe((pubsub, topic));
    }

    [Fact]
    public async Task a_refusal_is_written_in_daprs_form()
    {
        _sidecar!.Publisher.Error = new ApiError(
            404, "ERR_PUBSUB_NOT_FOUND", "pubsub nope is not found",
            [new ErrorInfo("DAPR_PUBSUB_NOT_FOUND", new Dictionary<string, string>(StringComparer.Ordinal))]);

        var answer = await _sidecar.Client.PostJsonAsync("/v1.0/publish/nope/plain", "{}");

        answer.Status.ShouldBe(404);
        answer.Body.ShouldBe(
            """{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub nope is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{},"reason":"DAPR_PUBSUB_NOT_FOUND"}]}""");
    }

    [Fact]
    public async Task failed_entries_of_a_bulk_publish_are_listed()
    {
        _sidecar!.Publisher.Error = new ApiError(500, "ERR_PUBSUB_PUBLISH_MESSAGE", "x");
        _sidecar.Publisher.Failures = [new BulkPublishFailure("2", "full")];

        var answer = await _sidecar.Client.PostJsonAsync("/v1.0/publish/bulk/pubsub/t", "[]");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"failedEntries":[{"entryId":"2","error":"full"}],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}""");
    }

    [Fact]
    public async Task a_message_over_the_limit_is_refused_before_the_publisher_sees_it()
    {
        await using var small = await EmbeddedSidecar.StartAsync(new SidecarOptions { MaxBodyBytes = 100 });

        var answer = await small.Client.PostJsonAsync("/v1.0/publish/pubsub/t", new string(' ', 101));

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_PUBSUB_PUBLISH_MESSAGE");
        answer.Message.ShouldBe("error when publishing to topic t in pubsub pubsub: stream too large");
        small.Publisher.Calls.ShouldBeEmpty();
    }
}

using System.Text.Json;

namespace Tests.Contract.PubSub;

/// <summary>
/// Topic scopes in the component's metadata. Statuses and words: dapr/dapr pkg/api/errors/pubsub.go, pkg/runtime/subscription.
/// </summary>
public sealed class TopicScopeTests
{
    private const string Forbidden =
        """{"errorCode":"ERR_PUBSUB_FORBIDDEN","message":"topic closed is not allowed for app id app-c","details":[{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"topic closed is not allowed for app id app-c","owner":"","resource_name":"pubsub","resource_type":"pubsub"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"error":"topic closed is not allowed for app id app-c","topic":"closed"},"reason":"DAPR_PUBSUB_FORBIDDEN"}]}""";

    [Theory]
    [InlineData("/v1.0/publish/pubsub/closed", "{}")]
    [InlineData("/v1.0/publish/pubsub/clo%73ed?metadata.rawPayload=true", "x")]
    [InlineData("/v1.0/publish/bulk/pubsub/closed", """[{"entryId":"1","event":"a","contentType":"text/plain"}]""")]
    [InlineData("/v1.0-alpha1/publish/bulk/pubsub/closed", """[{"entryId":"1","event":"a","contentType":"text/plain"}]""")]
    public async Task a_publish_to_a_topic_outside_the_scope_is_403_and_is_not_delivered(string path, string body)
    {
        await using var rig = await StartAsync(("publishingScopes", "app-c=open"));

        (await rig.PublishAsync(path, body)).ShouldBe((403, Forbidden));
        (await rig.PublishAsync("/v1.0/publish/pubsub/open", "{}")).Status.ShouldBe(204);

        await Eventually.HoldsAsync(() => rig.App.On("/open").Count == 1);
        rig.App.On("/closed").ShouldBeEmpty();
    }

    [Fact]
    public async Task a_malformed_event_is_told_before_the_scope_as_in_dapr()
    {
        await using var rig = await StartAsync(("protectedTopics", "closed"));

        (await rig.PublishAsync("/v1.0/publish/pubsub/closed", "[]", "application/cloudevents+json")).Status.ShouldBe(500);
    }

    [Fact]
    public async Task a_subscription_outside_the_scope_is_not_made_and_the_log_says_so()
    {
        using var log = new KeptLog();
        await using var rig = await StartAsync(log, ("subscriptionScopes", "app-c=open;other=closed"));

        (await rig.PublishAsync("/v1.0/publish/pubsub/closed", "{}")).Status.ShouldBe(204);
        (await rig.PublishAsync("/v1.0/publish/pubsub/open", "{}")).Status.ShouldBe(204);

        await Eventually.HoldsAsync(() => rig.App.On("/open").Count == 1);
        rig.App.On("/closed").ShouldBeEmpty();
        log.Has("Failed to start subscription for pubsub pubsub, topic closed: subscription to topic 'closed' on pubsub 'pubsub' is not allowed")
            .ShouldBeTrue();
    }

    [Fact]
    public async Task a_message_whose_dead_letter_topic_is_closed_is_given_again_and_not_lost()
    {
        using var log = new KeptLog();
        await using var rig = await StartAsync(log, ("publishingScopes", "app-c=open"));
        var refusals = 2;
        rig.App.Answer = r => Task.FromResult(
            r.Path == "/open" && Interlocked.Decrement(ref refusals) >= 0 ? new Reply(200, """{"status":"DROP"}""") : new Reply(200));

        await rig.PublishAsync("/v1.0/publish/pubsub/open", "{}");

        await Eventually.HoldsAsync(() => rig.App.On("/open").Count == 3);
        rig.App.On("/dead").ShouldBeEmpty();
        log.Has("topic dead is not allowed for app id app-c").ShouldBeTrue();
    }

    private static Task<PubSubRig> StartAsync(params (string Name, string Value)[] scopes) => StartAsync(new KeptLog(), scopes);

    private static Task<PubSubRig> StartAsync(KeptLog log, params (string Name, string Value)[] scopes) =>
        PubSubRig.StartAsync(new RigOptions
        {
            Scopes = scopes.ToDictionary(static s => s.Name, static s => s.Value),
            Loggers = log,
            Subscriptions = JsonSerializer.Serialize<object[]>(
            [
                new { pubsubname = "pubsub", topic = "open", route = "/open", deadLetterTopic = "dead" },
                new { pubsubname = "pubsub", topic = "closed", route = "/closed" },
                new { pubsubname = "pubsub", topic = "dead", route = "/dead" },
            ]),
        });
}

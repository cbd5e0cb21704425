using System.Text;
using System.Text.Json;
using Sidecar.Resources;

namespace Tests.Contract.PubSub;

/// <summary>What the app gets: paths, headers and bodies as recorded from daprd 1.18.</summary>
public class DeliveryTests : PubSubSuite
{
    private const string ZeroTrace = "00-00000000000000000000000000000000-0000000000000000-00";
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task a_delivery_has_dapr_s_headers_and_the_metadata_as_headers()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"no-slash"}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/t?metadata.k=v&metadata.ttlInSeconds=60&metadata.dapr-api-token=stolen&metadata.Host=evil&metadata.x%0Ay=1", "{}");

        var got = await OneAsync(rig, "/no-slash");
        got.Headers["Content-Type"].ShouldBe("application/cloudevents+json");
        got.Headers["Pubsubname"].ShouldBe("pubsub");
        got.Headers["Traceparent"].ShouldBe(ZeroTrace);
        got.Headers["k"].ShouldBe("v");
        got.Headers["ttlInSeconds"].ShouldBe("60");
        got.Headers.ShouldNotContainKey("dapr-api-token");
        got.Headers["Host"].ShouldBe(rig.App.Address.Authority);
    }

    [Fact]
    public async Task without_tracing_the_envelope_s_trace_is_passed_on_as_it_is()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", "application/json", ("traceparent", Parent), ("tracestate", "vendor=1"));

        var got = await OneAsync(rig, "/t");
        got.Headers["Traceparent"].ShouldBe(Parent);
        got.Headers.ShouldNotContainKey("Tracestate");
        got.Body.ShouldContain($"\"traceid\":\"{Parent}\",\"traceparent\":\"{Parent}\",\"tracestate\":\"vendor=1\"");
    }

    [Fact]
    public async Task with_tracing_the_delivery_is_a_span_below_the_publish()
    {
        await using var rig = await RigAsync(new RigOptions
        {
            SamplingRate = 1, Subscriptions = """[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""",
        });

        await rig.PublishAsync("/v1.0/publish/pubsub/t", "{}", "application/json", ("traceparent", Parent));

        var got = await OneAsync(rig, "/t");
        var published = JsonDocument.Parse(got.Body).RootElement.GetProperty("traceparent").GetString()!;
        published.ShouldStartWith(Parent[..36]);
        published.ShouldNotBe(Parent);
        got.Headers["Traceparent"].ShouldStartWith(Parent[..36]);
        got.Headers["Traceparent"].ShouldNotBe(published);
    }

    [Fact]
    public async Task a_topic_may_hold_a_slash()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"sl/ash","route":"/slash"}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/sl/ash", "{}");

        (await OneAsync(rig, "/slash")).Body.ShouldContain("\"topic\":\"sl/ash\"");
    }

    [Fact]
    public async Task a_raw_payload_reaches_a_normal_subscription_as_it_is()
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/t"}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/t?metadata.rawPayload=true", """{"a": 1}""");

        var got = await OneAsync(rig, "/t");
        got.Body.ShouldBe("""{"a": 1}""");
        got.Headers["Rawpayload"].ShouldBe("true");
        got.Headers.ShouldNotContainKey("Traceparent");
    }

    [Theory]
    [InlineData("/v1.0/publish/pubsub/t?metadata.rawPayload=true", new byte[] { 0, 1, 0xff }, "application/octet-stream")]
    [InlineData("/v1.0/publish/pubsub/t?metadata.rawPayload=true", new byte[] { (byte)'{', (byte)'}' }, "application/json")]
    public async Task a_raw_subscription_gets_an_envelope_around_the_bytes(string path, byte[] payload, string contentType)
    {
        await using var rig = await StartAsync("""[{"pubsubname":"pubsub","topic":"t","route":"/t","metadata":{"rawPayload":"true"}}]""");

        await rig.SendAsync(path, payload, contentType);

        var got = await OneAsync(rig, "/t");
        var envelope = JsonDocument.Parse(got.Body).RootElement;
        envelope.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["data_base64", "datacontenttype", "id", "pubsubname", "source", "specversion", "topic", "type"]);
        envelope.GetProperty("data_base64").GetBytesFromBase64().ShouldBe(payload);
        envelope.GetProperty("datacontenttype").GetString().ShouldBe("application/octet-stream");
        envelope.GetProperty("source").GetString().ShouldBe("Dapr");
        got.Headers["Content-Type"].ShouldBe("application/cloudevents+json");
        got.Headers.ShouldNotContainKey("Traceparent");
    }

    [Fact]
    public async Task what_is_not_a_cloudevent_goes_to_the_dead_letter_topic_undelivered()
    {
        await using var rig = await StartAsync(
            """
            [{"pubsubname":"pubsub","topic":"t","route":"/t","deadLetterTopic":"dead"},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead","metadata":{"rawPayload":"true"}}]
            """);

        await rig.PublishAsync("/v1.0/publish/pubsub/t?metadata.rawPayload=true", "hello", "text/plain");

        var got = await OneAsync(rig, "/dead");
        Encoding.UTF8.GetString(JsonDocument.Parse(got.Body).RootElement.GetProperty("data_base64").GetBytesFromBase64()).ShouldBe("hello");
        rig.App.On("/t").ShouldBeEmpty();
    }

    [Fact]
    public async Task an_expired_message_goes_to_the_dead_letter_topic_undelivered()
    {
        await using var rig = await StartAsync(
            """
            [{"pubsubname":"pubsub","topic":"t","route":"/t","deadLetterTopic":"dead"},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead","metadata":{"rawPayload":"true"}}]
            """);

        await rig.PublishAsync("/v1.0/publish/pubsub/t", """{"expiration":"2020-01-01T00:00:00Z"}""", "application/cloudevents+json");

        await OneAsync(rig, "/dead");
        rig.App.On("/t").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"type":"type.a"}""", "/a")]
    [InlineData("""{"type":"t","data":{"kind":"b"}}""", "/b")]
    [InlineData("""{"type":"t","data":{"kind":"c"},"subject":"subj"}""", "/s")]
    [InlineData("""{"type":"t","data":{"kind":"c"},"subject":"x"}""", "/default")]
    [InlineData("""{"type":"t","data":{}}""", "/dead")] // the second rule errors: not even the default route
    [InlineData("""{"type":"t","data":{"kind":"c"}}""", "/dead")] // the third rule errors: there is no subject
    public async Task rules_route_and_a_rule_that_fails_skips_the_default(string @event, string expectedPath)
    {
        await using var rig = await StartAsync(
            """
            [{"pubsubname":"pubsub","topic":"t","deadLetterTopic":"dead","routes":{"rules":[
               {"match":"event.type == \"type.a\"","path":"/a"},
               {"match":"event.data.kind == \"b\"","path":"/b"},
               {"match":"event.subject.startsWith(\"s\")","path":"/s"}],"default":"/default"}},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """);

        await rig.PublishAsync("/v1.0/publish/pubsub/t", @event, "application/cloudevents+json");

        await OneAsync(rig, expectedPath);
        rig.App.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task an_event_that_no_rule_matches_is_not_delivered()
    {
        await using var rig = await StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","routes":{"rules":[{"match":"event.type == \"a\"","path":"/a"}]}}]""");

        await rig.PublishAsync("/v1.0/publish/pubsub/t", """{"type":"b"}""", "application/cloudevents+json");
        await rig.PublishAsync("/v1.0/publish/pubsub/t", """{"type":"a"}""", "application/cloudevents+json");

        await OneAsync(rig, "/a");
        rig.App.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task programmatic_subscriptions_take_the_place_of_declared_ones_and_the_list_keeps_its_order()
    {
        await using var rig = await RigAsync(new RigOptions
        {
            Declared = [Declare("decl", "/decl"), Declare("both", "/both-decl"), Declare("elsewhere", "/x") with { PubsubName = "nosuch" }],
            Subscriptions = """[{"pubsubname":"pubsub","topic":"both","route":"/both-prog"},{"pubsubname":"pubsub","topic":"prog","route":"/prog"},{"pubsubname":"pubsub","topic":"norule"}]""",
        });

        rig.Runtime.ActiveSubscriptions.Select(s => (s.Topic, s.Rules[0].Path, s.Source)).ShouldBe(
        [
            ("decl", "/decl", SubscriptionSource.Declarative),
            ("both", "/both-prog", SubscriptionSource.Programmatic),
            ("elsewhere", "/x", SubscriptionSource.Declarative),
            ("prog", "/prog", SubscriptionSource.Programmatic),
        ]);
        foreach (var topic in new[] { "decl", "both", "prog" })
        {
            await rig.PublishAsync($"/v1.0/publish/pubsub/{topic}", "{}");
        }
        await Eventually.HoldsAsync(() => rig.App.Requests.Count == 3);
        rig.App.Requests.Select(r => r.Path).ShouldBe(["/decl", "/both-prog", "/prog"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""[{"pubsubname":7}]""")]
    [InlineData("""[{"pubsubname":"pubsub","topic":"t","routes":{"rules":[{"match":"not ==== cel","path":"/t"}]}}]""")]
    public async Task an_app_without_usable_subscriptions_still_runs(string? answer)
    {
        await using var rig = await RigAsync(new RigOptions { Subscriptions = answer, Declared = [Declare("decl", "/decl")] });

        await rig.PublishAsync("/v1.0/publish/pubsub/decl", "{}");

        await OneAsync(rig, "/decl");
    }

    [Fact]
    public async Task a_declared_rule_that_is_not_cel_stops_the_start_with_file_and_field()
    {
        var wrong = Declare("t", "/t") with { Rules = [new RouteRule("event.type ==== 1", "/t")], File = "components/subscription.yaml" };

        var error = await Should.ThrowAsync<ResourceException>(() => RigAsync(new RigOptions { Declared = [wrong] }));

        error.Message.ShouldStartWith("components/subscription.yaml: spec.routes.rules[0].match: 'event.type ==== 1' is not a CEL expression");
    }

    private static Subscription Declare(string topic, string path) => new(
        "pubsub", topic, [new RouteRule(null, path)], null, new BulkSubscribe(false), new Dictionary<string, string>(), [],
        SubscriptionSource.Declarative, "subscription.yaml");

    private Task<PubSubRig> StartAsync(string subscriptions) => RigAsync(new RigOptions { Subscriptions = subscriptions });

    private static async Task<Received> OneAsync(PubSubRig rig, string path)
    {
        await Eventually.HoldsAsync(() => rig.App.On(path).Count == 1);
        return rig.App.On(path)[0];
    }
}

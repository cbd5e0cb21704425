using System.Text.Json;

namespace Tests.Contract.PubSub;

public class BulkDeliveryTests : PubSubSuite
{
    private const string Subscriptions =
        """
        [{"pubsubname":"pubsub","topic":"t","route":"/bulk","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true,"maxMessagesCount":50,"maxAwaitDurationMs":300}},
         {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
        """;

    [Fact]
    public async Task a_bulk_delivery_has_dapr_s_form()
    {
        await using var rig = await StartAsync(Subscriptions, AllSuccess);

        await rig.PublishAsync("/v1.0/publish/bulk/pubsub/t", Bulk(0, 1, 2));

        await Eventually.HoldsAsync(() => Numbers(rig).Count == 3);
        var got = rig.App.On("/bulk")[0];
        got.Headers["Content-Type"].ShouldBe("application/json");
        got.Headers["Pubsubname"].ShouldBe("pubsub");
        got.Headers.ShouldContainKey("Traceparent");
        var body = JsonDocument.Parse(got.Body).RootElement;
        body.EnumerateObject().Select(p => p.Name).ShouldBe(["entries", "id", "metadata", "pubsubname", "topic", "type"]);
        body.GetProperty("metadata").GetRawText().ShouldBe("""{"pubsubName":"pubsub"}""");
        body.GetProperty("type").GetString().ShouldBe("com.dapr.event.sent.bulk");
        var entry = body.GetProperty("entries")[0];
        entry.EnumerateObject().Select(p => p.Name).ShouldBe(["entryId", "event", "metadata", "contentType"]);
        entry.GetProperty("contentType").GetString().ShouldBe("application/cloudevents+json");
        entry.GetProperty("metadata").GetRawText().ShouldBe("{}");
        entry.GetProperty("event").GetProperty("topic").GetString().ShouldBe("t");
    }

    [Fact]
    public async Task what_is_published_together_is_delivered_together_up_to_the_limit_and_in_order()
    {
        await using var rig = await StartAsync(Subscriptions, AllSuccess);

        await rig.PublishAsync("/v1.0/publish/bulk/pubsub/t", Bulk([.. Enumerable.Range(0, 120)]));

        await Eventually.HoldsAsync(() => Numbers(rig).Count == 120);
        rig.App.On("/bulk").Select(Count).Order().ShouldBe([20, 50, 50]);
        rig.App.On("/bulk").ShouldAllBe(r => NumbersOf(r).SequenceEqual(NumbersOf(r).Order()));
    }

    [Fact]
    public async Task only_entries_that_failed_are_delivered_again_and_each_goes_its_own_way()
    {
        await using var rig = await StartAsync(Subscriptions, r => Answer(r, number => number switch
        {
            1 => "RETRY",
            2 => "DROP",
            3 => null, // no status at all
            4 => "WHAT",
            _ => "SUCCESS",
        }));

        await rig.PublishAsync("/v1.0/publish/bulk/pubsub/t", Bulk(0, 1, 2, 3, 4));

        await Eventually.HoldsAsync(() => rig.App.On("/dead").Count == 4);
        rig.App.On("/bulk").Select(NumbersOf).ShouldBe([[0, 1, 2, 3, 4], [1, 3, 4], [1, 3, 4], [1, 3, 4]]);
        rig.App.On("/dead").Select(NumberOfSingle).Order().ShouldBe([1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(500, "", 4)]
    [InlineData(200, "", 4)] // an empty answer says nothing about any entry
    [InlineData(200, "text", 4)]
    [InlineData(200, """{"statuses":7}""", 4)]
    [InlineData(404, "", 1)]
    public async Task an_answer_about_no_entry_is_about_all(int status, string body, int deliveries)
    {
        await using var rig = await StartAsync(Subscriptions, _ => new Reply(status, body));

        await rig.PublishAsync("/v1.0/publish/bulk/pubsub/t", Bulk(0, 1));

        await Eventually.HoldsAsync(() => rig.App.On("/dead").Count == 2);
        rig.App.On("/bulk").Count.ShouldBe(deliveries);
    }

    [Fact]
    public async Task entries_are_sent_to_the_path_of_their_rule()
    {
        await using var rig = await StartAsync(
            """
            [{"pubsubname":"pubsub","topic":"t","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true},
              "routes":{"rules":[{"match":"event.data.n == 1","path":"/one"},{"match":"event.data.gone == 1","path":"/never"}],"default":"/bulk"}},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """, AllSuccess);

        await rig.PublishAsync("/v1.0/publish/bulk/pubsub/t", Bulk(1, 2, 1));

        await Eventually.HoldsAsync(() => rig.App.On("/one").Count == 1 && rig.App.On("/dead").Count == 1);
        NumbersOf(rig.App.On("/one")[0]).ShouldBe([1, 1]);
        NumberOfSingle(rig.App.On("/dead")[0]).ShouldBe(2);
    }

    [Theory]
    [InlineData("event.data.n == 1")]
    [InlineData("'n' in event.data")]
    public async Task an_event_that_no_rule_can_read_goes_to_the_dead_letter_topic_and_holds_nothing_up(string rule)
    {
        var routes = $$"""{"rules":[{"match":"{{rule}}","path":"/one"}],"default":"/bulk"}""";
        await using var rig = await StartAsync(
            $$$"""
            [{"pubsubname":"pubsub","topic":"t","deadLetterTopic":"dead","bulkSubscribe":{"enabled":true},"routes":{{{routes}}}},
             {"pubsubname":"pubsub","topic":"dead","route":"/dead"}]
            """, AllSuccess);

        await rig.SendAsync(
            "/v1.0/publish/pubsub/t?metadata.rawPayload=true",
            """{"id":"1","data":{"\ud800":1,"x":{"\ud800":2}}}"""u8.ToArray(), "application/octet-stream");
        await rig.PublishAsync("/v1.0/publish/pubsub/t", """{"n":1,"x":{"n":1}}""");

        await Eventually.HoldsAsync(() => rig.App.On("/dead").Count == 1);
        await Eventually.HoldsAsync(() => rig.App.On("/one").Count + rig.App.On("/bulk").Count == 1);
    }

    [Fact]
    public async Task a_raw_bulk_subscription_gets_base64()
    {
        await using var rig = await StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/bulk","metadata":{"rawPayload":"true"},"bulkSubscribe":{"enabled":true}}]""", AllSuccess);

        await rig.SendAsync("/v1.0/publish/pubsub/t?metadata.rawPayload=true", [0, 1, 0xff], "application/octet-stream");

        await Eventually.HoldsAsync(() => rig.App.On("/bulk").Count == 1);
        var entry = JsonDocument.Parse(rig.App.On("/bulk")[0].Body).RootElement.GetProperty("entries")[0];
        entry.GetProperty("event").GetString().ShouldBe("AAH/");
        entry.GetProperty("contentType").GetString().ShouldBe("application/octet-stream");
        entry.GetProperty("metadata").GetProperty("rawPayload").GetString().ShouldBe("true");
    }

    private async Task<PubSubRig> StartAsync(string subscriptions, Func<Received, Reply> answer)
    {
        var rig = await RigAsync(new RigOptions { Subscriptions = subscriptions, Retries = 3, Concurrency = 1 });
        rig.App.Answer = r => Task.FromResult(r.Path == "/dead" ? new Reply(200) : answer(r));
        return rig;
    }

    private static Reply AllSuccess(Received request) => Answer(request, static _ => "SUCCESS");

    private static Reply Answer(Received request, Func<int, string?> status)
    {
        var statuses = JsonDocument.Parse(request.Body).RootElement.GetProperty("entries").EnumerateArray()
            .Select(e => (Id: e.GetProperty("entryId").GetString(), Status: status(e.GetProperty("event").ValueKind == JsonValueKind.Object ? Number(e.GetProperty("event")) : 0)))
            .Where(e => e.Status is not null)
            .Select(e => new { entryId = e.Id, status = e.Status });
        return new Reply(200, JsonSerializer.Serialize(new { statuses }));
    }

    private static string Bulk(params int[] numbers) => JsonSerializer.Serialize(
        numbers.Select((n, i) => new { entryId = $"e{i}", @event = new { n }, contentType = "application/json" }));

    private static List<int> Numbers(PubSubRig rig) => [.. rig.App.On("/bulk").SelectMany(NumbersOf)];

    private static int[] NumbersOf(Received request) =>
        [.. JsonDocument.Parse(request.Body).RootElement.GetProperty("entries").EnumerateArray().Select(e => Number(e.GetProperty("event")))];

    private static int Count(Received request) => NumbersOf(request).Length;

    private static int NumberOfSingle(Received request) => Number(JsonDocument.Parse(request.Body).RootElement);

    private static int Number(JsonElement envelope) => envelope.GetProperty("data").GetProperty("n").GetInt32();
}

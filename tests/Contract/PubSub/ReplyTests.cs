using System.Text.Json;

namespace Tests.Contract.PubSub;

/// <summary>
/// What each answer of a subscriber leads to: deliveries and dead letters, as recorded from daprd 1.18 on Redis and in memory, with
/// and without a retry policy and a dead-letter topic.
/// </summary>
public class ReplyTests : PubSubSuite
{
    private enum Outcome
    {
        Success,
        Retry,
        Drop,
    }

    private static readonly (string Name, int Status, string Body, Outcome Outcome)[] Cases =
    [
        ("success", 200, """{"status":"SUCCESS"}""", Outcome.Success),
        ("retry", 200, """{"status":"RETRY"}""", Outcome.Retry),
        ("drop", 200, """{"status":"DROP"}""", Outcome.Drop),
        ("empty200", 200, "", Outcome.Success),
        ("204", 204, "", Outcome.Success),
        ("201json", 201, """{"x":1}""", Outcome.Success),
        ("200otherjson", 200, """{"foo":"bar"}""", Outcome.Success),
        ("200text", 200, "not json", Outcome.Success),
        ("unknownstatus", 200, """{"status":"FOO"}""", Outcome.Retry),
        ("emptystatus", 200, """{"status":""}""", Outcome.Success),
        ("lowercase", 200, """{"status":"retry"}""", Outcome.Retry),
        ("404", 404, "nf", Outcome.Drop),
        ("400", 400, "bad", Outcome.Retry),
        ("403", 403, "no", Outcome.Retry),
        ("500", 500, "boom", Outcome.Retry),
        ("503", 503, "", Outcome.Retry),
        ("500drop", 500, """{"status":"DROP"}""", Outcome.Retry),
        ("302", 302, "", Outcome.Retry),
    ];

    public static TheoryData<string, bool, int?, bool> All()
    {
        var data = new TheoryData<string, bool, int?, bool>();
        foreach (var (name, _, _, _) in Cases)
        {
            foreach (var inMemory in new[] { false, true })
            {
                data.Add(name, true, 3, inMemory);
                data.Add(name, true, null, inMemory);
                data.Add(name, false, 3, inMemory);
                data.Add(name, false, null, inMemory);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task an_answer_leads_to_deliveries_and_dead_letters_as_in_dapr(string name, bool deadLetters, int? retries, bool inMemory)
    {
        var (_, status, body, outcome) = Cases.Single(c => c.Name == name);
        var deadLetterTopic = deadLetters ? ""","deadLetterTopic":"dead" """ : "";
        await using var rig = await RigAsync(new RigOptions
        {
            Retries = retries,
            InMemory = inMemory,
            Subscriptions = $$"""
                [{"pubsubname":"pubsub","topic":"t","route":"/t"{{deadLetterTopic}}},
                 {"pubsubname":"pubsub","topic":"dead","route":"/dead"},
                 {"pubsubname":"pubsub","topic":"fence","route":"/fence"}]
                """,
        });
        rig.App.Answer = r => Task.FromResult(r.Path == "/t" ? new Reply(status, body) : new Reply(200));

        (await rig.PublishAsync("/v1.0/publish/pubsub/t", """{"b":1}""")).Status.ShouldBe(204);

        var deliveries = outcome == Outcome.Retry ? 1 + (retries ?? 0) : 1;
        var dead = deadLetters && outcome != Outcome.Success ? 1 : 0;
        await Eventually.HoldsAsync(() => rig.App.On("/t").Count == deliveries && rig.App.On("/dead").Count == dead);
        // Whatever else was to come would have come before a message that was published later and waited one more retry.
        await rig.PublishAsync("/v1.0/publish/pubsub/fence", "{}");
        await Eventually.HoldsAsync(() => rig.App.On("/fence").Count == 1);
        await Eventually.StaysAsync(() => rig.App.On("/t").Count == deliveries && rig.App.On("/dead").Count == dead, TimeSpan.FromMilliseconds(60));
        rig.App.On("/t").Select(r => r.Body).Distinct().Count().ShouldBe(1);
        if (dead == 1)
        {
            rig.App.On("/dead")[0].Body.ShouldBe(rig.App.On("/t")[0].Body);
            JsonDocument.Parse(rig.App.On("/dead")[0].Body).RootElement.GetProperty("topic").GetString().ShouldBe("t");
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Sidecar.Faults;

namespace Tests.Contract.PubSub;

/// <summary>Faults on purpose, for tests of apps.</summary>
public class FaultTests : PubSubSuite
{
    private const int Count = 60;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_duplicate_arrives_with_the_same_id(bool bulk)
    {
        await using var rig = await StartAsync(new FaultOptions { Duplicate = 1, Seed = 5 }, bulk);

        await PublishAllAsync(rig);

        await Eventually.HoldsAsync(() => Events(rig).Count == 2 * Count);
        Events(rig).GroupBy(e => (e.Id, e.Number)).ShouldAllBe(g => g.Count() == 2);
    }

    [Fact]
    public async Task duplicates_come_after_the_first_delivery_and_while_it_runs()
    {
        await using var rig = await StartAsync(new FaultOptions { Duplicate = 1, Seed = 5 }, bulk: false);
        var underWay = new ConcurrentDictionary<string, int>();
        var atOnce = 0;
        rig.App.Answer = async r =>
        {
            if (underWay.AddOrUpdate(r.Body, 1, static (_, n) => n + 1) == 2)
            {
                Interlocked.Increment(ref atOnce);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            underWay.AddOrUpdate(r.Body, 0, static (_, n) => n - 1);
            return new Reply(200);
        };

        await PublishAllAsync(rig);

        await Eventually.HoldsAsync(() => Events(rig).Count == 2 * Count);
        atOnce.ShouldBeInRange(5, Count - 5);
    }

    [Fact]
    public async Task a_dropped_delivery_is_lost_for_good()
    {
        await using var rig = await StartAsync(new FaultOptions { Drop = 0.5, Seed = 5 }, bulk: false);

        await PublishAllAsync(rig);
        await Eventually.HoldsAsync(() => Events(rig).Count > 0);
        await rig.UnsubscribeAsync();
        rig.SetReady(true);
        await rig.SubscribeAsync();

        // By id: what was under way when the subscription ended may come twice.
        await Eventually.StaysAsync(() => DistinctIds(rig) < Count - 10, TimeSpan.FromMilliseconds(200));
        DistinctIds(rig).ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task reordering_lets_later_messages_of_the_same_subject_pass_and_loses_none()
    {
        await using var rig = await StartAsync(new FaultOptions { Reorder = 0.3, Seed = 5 }, bulk: false);

        await PublishAllAsync(rig, subject: "s");

        await Eventually.HoldsAsync(() => Events(rig).Count == Count);
        var numbers = Events(rig).Select(e => e.Number).ToList();
        numbers.ShouldBe(Enumerable.Range(0, Count), ignoreOrder: true);
        numbers.ShouldNotBe(Enumerable.Range(0, Count));
    }

    [Fact]
    public async Task a_delayed_delivery_keeps_the_order_of_its_subject()
    {
        await using var rig = await StartAsync(new FaultOptions { Delay = 0.3, DelayBy = TimeSpan.FromMilliseconds(10), Seed = 5 }, bulk: false);

        await PublishAllAsync(rig, subject: "s");

        await Eventually.HoldsAsync(() => Events(rig).Count == Count);
        Events(rig).Select(e => e.Number).ShouldBe(Enumerable.Range(0, Count));
    }

    [Fact]
    public async Task a_refused_publish_is_500_and_not_delivered()
    {
        await using var rig = await StartAsync(new FaultOptions { Refuse = 0.5, Seed = 5 }, bulk: false);

        var accepted = await PublishAllAsync(rig);

        accepted.Count.ShouldBeInRange(10, Count - 10);
        await Eventually.HoldsAsync(() => Events(rig).Count == accepted.Count);
        Events(rig).Select(e => e.Number).ShouldBe(accepted, ignoreOrder: true);
    }

    private static int DistinctIds(PubSubRig rig) => Events(rig).DistinctBy(e => e.Id).Count();

    private async Task<PubSubRig> StartAsync(FaultOptions faults, bool bulk)
    {
        var rig = await RigAsync(new RigOptions
        {
            Faults = faults,
            Subscriptions = $$"""[{"pubsubname":"pubsub","topic":"t","route":"/t","bulkSubscribe":{"enabled":{{(bulk ? "true" : "false")}} } }]""",
        });
        rig.App.Answer = r => Task.FromResult(new Reply(200, bulk
            ? JsonSerializer.Serialize(new
            {
                statuses = JsonDocument.Parse(r.Body).RootElement.GetProperty("entries").EnumerateArray()
                    .Select(e => new { entryId = e.GetProperty("entryId").GetString(), status = "SUCCESS" }),
            })
            : ""));
        return rig;
    }

    private static async Task<List<int>> PublishAllAsync(PubSubRig rig, string? subject = null)
    {
        var accepted = new List<int>();
        for (var i = 0; i < Count; i++)
        {
            var @event = $$"""{"id":"id-{{i}}","data":{{i}},"subject":"{{subject ?? $"s{i}"}}"}""";
            var (status, _) = await rig.PublishAsync("/v1.0/publish/pubsub/t", @event, "application/cloudevents+json");
            status.ShouldBeOneOf(204, 500);
            if (status == 204)
            {
                accepted.Add(i);
            }
        }
        return accepted;
    }

    private static List<(string Id, int Number)> Events(PubSubRig rig) =>
    [
        .. rig.App.On("/t").SelectMany(r =>
        {
            var root = JsonDocument.Parse(r.Body).RootElement;
            return root.TryGetProperty("entries", out var entries)
                ? entries.EnumerateArray().Select(e => e.GetProperty("event"))
                : [root];
        }).Select(e => (e.GetProperty("id").GetString()!, e.GetProperty("data").GetInt32())),
    ];
}

using System.Collections.Concurrent;
using Sidecar.Components;

namespace Tests.Contract.Components.Compliance;

/// <summary>What a broker that ends and comes back costs.</summary>
internal static class OutageRows
{
    private const int Messages = 50;

    /// <summary>Messages that were accepted for a group that was away.</summary>
    public static async Task<string> SurvivesAsync(BrokerUnderTest broker, bool killed)
    {
        var client = await broker.OpenAsync();
        var topic = GroupRows.NewTopic();
        await (await GroupRows.SubscribeAsync(client, topic, _ => { })).DisposeAsync();
        for (var i = 0; i < Messages; i++)
        {
            await GroupRows.PublishAsync(client, topic, $"{i}");
        }
        client = await broker.ComeBackAsync(client, killed);
        await using var closing = client;
        var seen = new ConcurrentQueue<DeliveredMessage>();
        await using var subscription = await GroupRows.SubscribeAsync(client, topic, seen.Enqueue);
        var all = await GroupRows.HappensAsync(() => seen.Select(GroupRows.Text).Distinct().Count() == Messages);
        return all ? "there" : seen.IsEmpty ? "lost" : "some lost";
    }

    /// <summary>A subscription that was there before; the broker is killed under it.</summary>
    public static async Task<string> ResumesAsync(BrokerUnderTest broker)
    {
        var client = await broker.OpenAsync();
        var topic = GroupRows.NewTopic();
        var seen = new ConcurrentQueue<string>();
        var subscription = await GroupRows.SubscribeAsync(client, topic, m => seen.Enqueue(GroupRows.Text(m)));
        await GroupRows.PublishAsync(client, topic, "before");
        await Eventually.HoldsAsync(() => seen.Contains("before"));
        if (broker.Component.Type is "pubsub.sqlite" or "pubsub.in-memory")
        {
            await subscription.DisposeAsync();
            await client.DisposeAsync();
            return "ends with the sidecar";
        }
        await broker.ComeBackAsync(client, killed: true);
        await PublishSurelyAsync(client, topic, "after");
        var resumed = await GroupRows.HappensAsync(() => seen.Contains("after"));
        await subscription.DisposeAsync();
        await client.DisposeAsync();
        return resumed ? "go on by themselves" : "have ended";
    }

    // As a resiliency policy or the outbox does.
    private static async Task PublishSurelyAsync(IPubSub client, string topic, string text)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await GroupRows.PublishAsync(client, topic, text);
                return;
            }
            catch (Exception) when (attempt < 20)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using Sidecar.Components;

namespace Tests.Contract.Components.Compliance;

/// <summary>What consumer groups get; measured at the component.</summary>
internal static class GroupRows
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(2);

    /// <summary>A group that subscribes after the publish.</summary>
    public static async Task<string> LateAsync(BrokerUnderTest broker)
    {
        await using var client = await broker.OpenAsync();
        var topic = NewTopic();
        await PublishAsync(client, topic, "old");
        var seen = new ConcurrentQueue<DeliveredMessage>();
        await using var subscription = await SubscribeAsync(client, topic, seen.Enqueue);
        await PublishAsync(client, topic, "new");
        await Eventually.HoldsAsync(() => seen.Any(m => Text(m) == "new"));
        return await HappensAsync(() => seen.Any(m => Text(m) == "old")) ? "delivered" : "not delivered";
    }

    /// <summary>A group that has subscribed before, and is away at the publish.</summary>
    public static async Task<string> AppDownAsync(BrokerUnderTest broker)
    {
        await using var client = await broker.OpenAsync();
        var topic = NewTopic();
        await (await SubscribeAsync(client, topic, _ => { })).DisposeAsync();
        await PublishAsync(client, topic, "x");
        var seen = new ConcurrentQueue<DeliveredMessage>();
        await using var subscription = await SubscribeAsync(client, topic, seen.Enqueue);
        return await HappensAsync(() => !seen.IsEmpty) ? "waits" : "lost";
    }

    /// <summary>Two clients of one broker with the same group, as two sidecars of an app on two machines are.</summary>
    public static async Task<string> CompetingAsync(BrokerUnderTest broker)
    {
        await using var first = await broker.OpenAsync();
        IPubSub second;
        try
        {
            second = await broker.OpenAsync();
        }
        catch (global::Sidecar.Resources.ResourceException)
        {
            return "within one process";
        }
        await using var closing = second;
        var topic = NewTopic();
        ConcurrentQueue<DeliveredMessage> one = [], two = [];
        await using var a = await SubscribeAsync(first, topic, one.Enqueue);
        await using var b = await SubscribeAsync(second, topic, two.Enqueue);
        for (var i = 0; i < 100; i++)
        {
            await PublishAsync(first, topic, $"{i}");
        }
        await Eventually.HoldsAsync(() => one.Count + two.Count >= 100);
        var each = one.Concat(two).Select(Text).ToList();
        return two.IsEmpty ? "within one process" : each.Count == 100 && each.Distinct().Count() == 100 ? "each message once" : "some twice";
    }

    /// <summary>A message that is handed out, and whose sidecar goes without a word.</summary>
    public static async Task<string> DeadInstanceAsync(BrokerUnderTest broker)
    {
        var dying = await broker.OpenAsync();
        var topic = NewTopic();
        var held = new TaskCompletionSource();
        await dying.SubscribeAsync(
            new ConsumerOptions("g", topic, 1, 1),
            (_, _) =>
            {
                held.TrySetResult();
                return Task.CompletedTask; // and never settled
            },
            CancellationToken.None);
        await PublishAsync(dying, topic, "x");
        await held.Task;
        IPubSub heir;
        if (broker.Component.Type is "pubsub.sqlite" or "pubsub.in-memory")
        {
            heir = await broker.ComeBackAsync(dying, killed: true);
        }
        else
        {
            await dying.DisposeAsync(); // the connection, with the subscription on it
            heir = await broker.OpenAsync();
        }
        await using var closing = heir;
        var seen = new ConcurrentQueue<DeliveredMessage>();
        await using var subscription = await SubscribeAsync(heir, topic, seen.Enqueue);
        return await HappensAsync(() => !seen.IsEmpty) ? "given to the next" : "lost";
    }

    /// <summary>A topic of its own.</summary>
    public static string NewTopic() => $"t{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    /// <summary>Publishes one message.</summary>
    public static Task PublishAsync(IPubSub client, string topic, string text, params (string Name, string Value)[] metadata) => client.PublishAsync(
        [new NewMessage(topic, Encoding.UTF8.GetBytes(text), metadata.ToDictionary(m => m.Name, m => m.Value))], CancellationToken.None);

    /// <summary>Subscribes the group g, and acknowledges all.</summary>
    public static Task<IAsyncDisposable> SubscribeAsync(IPubSub client, string topic, Action<DeliveredMessage> take) => client.SubscribeAsync(
        new ConsumerOptions("g", topic, 10, 10),
        (batch, _) =>
        {
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                take(batch.Messages[i]);
                batch.Settle(i, done: true);
            }
            return Task.CompletedTask;
        },
        CancellationToken.None);

    /// <summary>The message as text.</summary>
    public static string Text(DeliveredMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    /// <summary>True if it comes to hold within a while.</summary>
    public static async Task<bool> HappensAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(AWhile, TimeProvider.System);
        while (!condition() && !limit.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        return condition();
    }
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubRedis;
using Sidecar.Components.Redis;
using Sidecar.Resources;

namespace Tests.Contract.Components.Redis;

/// <summary>A pubsub.redis, and short words for what tests do with it.</summary>
internal sealed class RedisBroker(IPubSub broker) : IAsyncDisposable
{
    public IPubSub Broker => broker;

    public static async Task<RedisBroker> OpenAsync(
        IReadOnlyDictionary<string, string> server, ILoggerFactory? loggers = null, params (string Name, string Value)[] metadata) =>
        new(await RedisPubSub.CreateAsync(
            Define(server, metadata), new ComponentContext(Path.GetTempPath(), TimeProvider.System, loggers ?? NullLoggerFactory.Instance), default));

    public static Component Define(IReadOnlyDictionary<string, string> server, params (string Name, string Value)[] metadata)
    {
        var values = new Dictionary<string, string>(server, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        return new Component("pubsub", "pubsub.redis", "v1", values, [], "pubsub.yaml");
    }

    public static NewMessage Message(string topic, string text, params (string Name, string Value)[] metadata) =>
        new(topic, Encoding.UTF8.GetBytes(text), metadata.ToDictionary(m => m.Name, m => m.Value));

    public Task PublishAsync(string topic, params string[] texts) => broker.PublishAsync([.. texts.Select(t => Message(topic, t))], default);

    /// <summary>Publishes again until it is accepted, as the outbox does.</summary>
    public async Task PublishSurelyAsync(string topic, string text)
    {
        while (true)
        {
            try
            {
                await PublishAsync(topic, text);
                return;
            }
            catch (RedisException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Subscribes, and acknowledges everything.</summary>
    public async Task<(ConcurrentQueue<string> Texts, IAsyncDisposable Subscription)> CollectAsync(string group, string topic, int maxBatch = 1)
    {
        var texts = new ConcurrentQueue<string>();
        return (texts, await SubscribeAsync(group, topic, batch =>
        {
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                texts.Enqueue(Text(batch.Messages[i]));
                batch.Settle(i, done: true);
            }
        }, maxBatch));
    }

    public Task<IAsyncDisposable> SubscribeAsync(string group, string topic, Action<IMessageBatch> handle, int maxBatch = 1, int concurrency = 10) =>
        broker.SubscribeAsync(
            new ConsumerOptions(group, topic, maxBatch, concurrency),
            (batch, _) =>
            {
                handle(batch);
                return Task.CompletedTask;
            }, default);

    public static string Text(DeliveredMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    public ValueTask DisposeAsync() => broker.DisposeAsync();
}

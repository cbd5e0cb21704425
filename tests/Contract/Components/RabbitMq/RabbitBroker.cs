using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubRabbitMq;
using Sidecar.Resources;

namespace Tests.Contract.Components.RabbitMq;

/// <summary>A pubsub.rabbitmq, and short words for what tests do with it.</summary>
internal sealed class RabbitBroker(IPubSub broker) : IAsyncDisposable
{
    /// <summary>What components/rabbitmq relies on.</summary>
    public static IReadOnlyDictionary<string, string> Durable { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["durable"] = "true", ["deletedWhenUnused"] = "false", ["deliveryMode"] = "2", ["publisherConfirm"] = "true", ["prefetchCount"] = "100",
        ["reconnectWaitSeconds"] = "200ms",
    };

    public IPubSub Broker => broker;

    public static async Task<RabbitBroker> OpenAsync(
        string connectionString, ILoggerFactory? loggers = null, params (string Name, string Value)[] metadata) =>
        new(await RabbitPubSubFactory.CreateAsync(
            Define(connectionString, metadata), Context(loggers ?? NullLoggerFactory.Instance), CancellationToken.None));

    public static Component Define(string connectionString, params (string Name, string Value)[] metadata)
    {
        var values = new Dictionary<string, string>(Durable, StringComparer.OrdinalIgnoreCase) { ["connectionString"] = connectionString };
        foreach (var (name, value) in metadata)
        {
            values[name] = value;
        }
        return new Component("pubsub", "pubsub.rabbitmq", "v1", values, [], "pubsub.yaml");
    }

    public static ComponentContext Context(ILoggerFactory loggers) => new(Path.GetTempPath(), TimeProvider.System, loggers);

    public Task PublishAsync(string topic, params string[] texts) =>
        broker.PublishAsync([.. texts.Select(t => Message(topic, t))], CancellationToken.None);

    public Task PublishAsync(string topic, string text, params (string Name, string Value)[] metadata) => broker.PublishAsync(
        [Message(topic, text) with { Metadata = metadata.ToDictionary(m => m.Name, m => m.Value) }], CancellationToken.None);

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
            catch (RabbitUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Subscribes, and acknowledges everything.</summary>
    public async Task<(ConcurrentQueue<string> Texts, IAsyncDisposable Subscription)> CollectAsync(
        string group, string topic, int maxBatch = 1, params (string Name, string Value)[] metadata)
    {
        var texts = new ConcurrentQueue<string>();
        return (texts, await SubscribeAsync(group, topic, (batch, _) =>
        {
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                texts.Enqueue(Text(batch.Messages[i]));
                batch.Settle(i, done: true);
            }
            return Task.CompletedTask;
        }, maxBatch, metadata));
    }

    public Task<IAsyncDisposable> SubscribeAsync(
        string group, string topic, MessageHandler handler, int maxBatch = 1, params (string Name, string Value)[] metadata) =>
        broker.SubscribeAsync(
            new ConsumerOptions(group, topic, maxBatch, 10) { Metadata = metadata.ToDictionary(m => m.Name, m => m.Value) },
            handler, CancellationToken.None);

    public static string Text(DeliveredMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    private static NewMessage Message(string topic, string text) => new(topic, Encoding.UTF8.GetBytes(text), new Dictionary<string, string>());
}

using System.Globalization;
using RabbitMQ.Client;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// Exchanges, queues and bindings as Dapr lays them out, so that both can share a server: an exchange per topic, a queue
/// <c>CONSUMER-TOPIC</c> per consumer group. Source: components-contrib 1.18.4, pubsub/rabbitmq, prepareSubscription.
/// </summary>
internal static class RabbitTopology
{
    /// <summary>Name of a group's queue: its own where the subscription names one.</summary>
    public static string QueueOf(RabbitOptions options, ConsumerOptions consumer) =>
        Find(consumer, "queueName") ?? $"{options.ConsumerId ?? consumer.Group}-{consumer.Topic}";

    /// <summary>Exchange that gets what a queue's consumer failed.</summary>
    public static string DeadLetterExchangeOf(string queue) => "dlx-" + queue;

    /// <summary>Queue behind it.</summary>
    public static string DeadLetterQueueOf(string queue) => "dlq-" + queue;

    /// <summary>Declares a topic's exchange.</summary>
    public static Task DeclareExchangeAsync(IChannel channel, RabbitOptions options, string topic, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(
            topic, options.ExchangeKind, options.Durable, options.DeletedWhenUnused, cancellationToken: cancellationToken);

    /// <summary>Declares a group's queue with all around it; returns its name.</summary>
    /// <exception cref="FormatException">The subscription's metadata hold something that is no number or no queue type.</exception>
    public static async Task<string> DeclareQueueAsync(
        IChannel channel, RabbitOptions options, ConsumerOptions consumer, CancellationToken cancellationToken)
    {
        await DeclareExchangeAsync(channel, options, consumer.Topic, cancellationToken);
        var queue = QueueOf(options, consumer);
        var arguments = LengthLimits(options);
        if (options.EnableDeadLetter)
        {
            await DeclareDeadLettersAsync(channel, options, queue, cancellationToken);
            arguments["x-dead-letter-exchange"] = DeadLetterExchangeOf(queue);
        }
        Apply(consumer, arguments);
        await channel.QueueDeclareAsync(
            queue, options.Durable, exclusive: false, options.DeletedWhenUnused, arguments, cancellationToken: cancellationToken);
        foreach (var key in (Find(consumer, "routingKey") ?? "").Split(','))
        {
            await channel.QueueBindAsync(queue, consumer.Topic, key, cancellationToken: cancellationToken);
        }
        return queue;
    }

    private static async Task DeclareDeadLettersAsync(
        IChannel channel, RabbitOptions options, string queue, CancellationToken cancellationToken)
    {
        var (exchange, letters) = (DeadLetterExchangeOf(queue), DeadLetterQueueOf(queue));
        await channel.ExchangeDeclareAsync(
            exchange, ExchangeType.Fanout, durable: true, options.DeletedWhenUnused, cancellationToken: cancellationToken);
        var arguments = LengthLimits(options);
        arguments["x-queue-mode"] = "lazy"; // on disk rather than in memory
        await channel.QueueDeclareAsync(
            letters, durable: true, exclusive: false, options.DeletedWhenUnused, arguments, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(letters, exchange, "", cancellationToken: cancellationToken);
    }

    private static void Apply(ConsumerOptions consumer, Dictionary<string, object?> arguments)
    {
        if (Number(consumer, "maxPriority") is { } priority)
        {
            arguments["x-max-priority"] = (byte)Math.Min(priority, byte.MaxValue);
        }
        arguments["x-queue-type"] = Find(consumer, "queueType") switch
        {
            null => "classic",
            "classic" or "quorum" => Find(consumer, "queueType"),
            var other => throw new FormatException($"queueType '{other}' is not classic or quorum"),
        };
        if (bool.TryParse(Find(consumer, "singleActiveConsumer"), out var single) && single)
        {
            arguments["x-single-active-consumer"] = true;
        }
        if (Number(consumer, "maxLenBytes") is { } bytes)
        {
            arguments["x-max-length-bytes"] = bytes;
        }
        if (Number(consumer, "maxLen") is { } length)
        {
            arguments["x-max-length"] = length;
        }
    }

    private static Dictionary<string, object?> LengthLimits(RabbitOptions options)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (options.MaxLen is { } length)
        {
            arguments["x-max-length"] = length;
        }
        if (options.MaxLenBytes is { } bytes)
        {
            arguments["x-max-length-bytes"] = bytes;
        }
        return arguments;
    }

    private static long? Number(ConsumerOptions consumer, string name) => Find(consumer, name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new FormatException($"{name} '{text}' is not a whole number"),
    };

    private static string? Find(ConsumerOptions consumer, string name) =>
        consumer.Metadata.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value
            ? value
            : null;
}

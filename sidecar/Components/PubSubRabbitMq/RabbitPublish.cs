using System.Globalization;
using RabbitMQ.Client;
using Sidecar.PubSub.Envelopes;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>Messages that are published together, until the broker has confirmed the last of them.</summary>
/// <param name="messages">The messages.</param>
/// <param name="since">When they were handed in: a timestamp of the component's clock.</param>
internal sealed class RabbitPublish(IReadOnlyList<NewMessage> messages, long since)
{
    private int _open = messages.Count;
    private int _refused;

    /// <summary>The messages.</summary>
    public IReadOnlyList<NewMessage> Messages => messages;

    /// <summary>When they were handed in.</summary>
    public long Since => since;

    /// <summary>Completes with the last confirm; fails where one is missing.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The broker's word about one of them.</summary>
    public void Confirm(bool stored)
    {
        if (!stored)
        {
            Interlocked.Increment(ref _refused);
        }
        if (Interlocked.Decrement(ref _open) == 0)
        {
            if (_refused == 0)
            {
                Done.TrySetResult();
            }
            else
            {
                Done.TrySetException(new RabbitUnavailableException(
                    $"the broker refused {_refused} of {messages.Count} messages (basic.nack): its queue is full or has failed"));
            }
        }
    }

    /// <summary>A message's AMQP properties. Source: components-contrib 1.18.4, publishSync and ApplyMetadataToPublishing.</summary>
    public static BasicProperties PropertiesOf(NewMessage message, RabbitOptions options)
    {
        var properties = new BasicProperties { ContentType = "text/plain" };
        if (options.Persistent)
        {
            properties.DeliveryMode = DeliveryModes.Persistent;
        }
        if ((TimeToLive.Read(message.Metadata) ?? options.Ttl) is { } ttl)
        {
            properties.Expiration = ((long)ttl.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }
        foreach (var (name, value) in message.Metadata)
        {
            Apply(properties, name, value);
        }
        return properties;
    }

    /// <summary>What the exchange binds by; empty where the message says none.</summary>
    public static string RoutingKeyOf(NewMessage message) =>
        message.Metadata.FirstOrDefault(static pair => pair.Key.Equals("routingKey", StringComparison.OrdinalIgnoreCase)).Value ?? "";

    private static void Apply(BasicProperties properties, string name, string value)
    {
        if (value.Length == 0)
        {
            return;
        }
        switch (name.ToUpperInvariant())
        {
            // A priority that is no number is left out, as in Dapr; the queue's own highest bounds it.
            case "PRIORITY" when byte.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var priority):
                properties.Priority = priority;
                break;
            case "CONTENTTYPE":
                properties.ContentType = value;
                break;
            case "MESSAGEID":
                properties.MessageId = value;
                break;
            case "CORRELATIONID":
                properties.CorrelationId = value;
                break;
            case "TYPE":
                properties.Type = value;
                break;
        }
    }
}

using RabbitMQ.Client;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// What a component file says. Names, meanings and defaults are those of Dapr's component: components-contrib 1.18.4, pubsub/rabbitmq.
/// </summary>
internal sealed record RabbitOptions
{
    /// <summary>Address, user and TLS.</summary>
    public required ConnectionFactory Factory { get; init; }

    /// <summary>Host and port, for messages: never with the password.</summary>
    public required string Address { get; init; }

    /// <summary>First part of queue names; null for the app id.</summary>
    public string? ConsumerId { get; init; }

    /// <summary>Exchanges and queues survive a restart of the broker.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The broker deletes a queue when its last consumer goes, with all that waits in it.</summary>
    public bool DeletedWhenUnused { get; init; } = true;

    /// <summary>The broker forgets a message when it hands it out.</summary>
    public bool AutoAck { get; init; }

    /// <summary>A message that the app failed for good is given again, for ever.</summary>
    public bool RequeueInFailure { get; init; }

    /// <summary>A message that the app failed for good goes to the queue <c>dlq-QUEUE</c>.</summary>
    public bool EnableDeadLetter { get; init; }

    /// <summary>Messages are written to disk (delivery mode 2).</summary>
    public bool Persistent { get; init; }

    /// <summary>A publish completes when the broker has the message safe, not when it is on the wire.</summary>
    public bool PublisherConfirm { get; init; }

    /// <summary>Messages handed out without an acknowledgement, per subscription; 0 for the most there is.</summary>
    public int Prefetch { get; init; }

    /// <summary>One call at a time per subscription.</summary>
    public bool Single { get; init; }

    /// <summary>Between two attempts to connect.</summary>
    public TimeSpan ReconnectWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Exchange kind: fanout, topic, direct or headers.</summary>
    public string ExchangeKind { get; init; } = RabbitMQ.Client.ExchangeType.Fanout;

    /// <summary>Most messages of a queue; the broker drops the oldest.</summary>
    public long? MaxLen { get; init; }

    /// <summary>Most bytes of a queue; the broker drops the oldest.</summary>
    public long? MaxLenBytes { get; init; }

    /// <summary>Time to live of messages that say none themselves.</summary>
    public TimeSpan? Ttl { get; init; }
}

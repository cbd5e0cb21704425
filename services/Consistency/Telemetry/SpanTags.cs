namespace Consistency.Telemetry;

/// <summary>
/// Names of what spans say. Those of messaging are OpenTelemetry's semantic conventions (messaging spans, 1.37); ours begin with
/// <c>consistency</c>.
/// </summary>
public static class SpanTags
{
    /// <summary>The message's id: CloudEvents id.</summary>
    public const string MessageId = "messaging.message.id";

    /// <summary>Messages that travelled or were handled together.</summary>
    public const string BatchSize = "messaging.batch.message_count";

    /// <summary>Aggregate: an order, a product, a customer's id.</summary>
    public const string Subject = "cloudevents.event_subject";

    /// <summary>The event's type.</summary>
    public const string EventType = "cloudevents.event_type";

    /// <summary>What came of it; one of <see cref="MessageOutcomes"/>.</summary>
    public const string Outcome = "consistency.outcome";

    /// <summary>Why.</summary>
    public const string Reason = "consistency.reason";

    /// <summary>An order.</summary>
    public const string OrderId = "consistency.order.id";

    /// <summary>Its pattern.</summary>
    public const string Pattern = "consistency.order.pattern";

    /// <summary>A dead letter's number.</summary>
    public const string LetterId = "consistency.dead_letter.id";

    /// <summary>Milliseconds that a message waited in the outbox.</summary>
    public const string WaitedMs = "consistency.outbox.waited_ms";

    /// <summary>Attempts to send it, where it was more than one.</summary>
    public const string Attempts = "consistency.outbox.attempts";

    /// <summary>Whose feed.</summary>
    public const string FeedSource = "consistency.feed.source";

    /// <summary>Which lane of it.</summary>
    public const string FeedLane = "consistency.feed.lane";

    /// <summary>Changes of others that took effect here, or could not.</summary>
    public const string FeedEffects = "consistency.feed.effects";

    /// <summary>What the span links to: a traceparent.</summary>
    public const string Link = "consistency.link";

    internal const string System = "messaging.system";
    internal const string Destination = "messaging.destination.name";
    internal const string Operation = "messaging.operation.name";
    internal const string OperationType = "messaging.operation.type";
    internal const string ConsumerGroup = "messaging.consumer.group.name";
    internal const string BodySize = "messaging.message.body.size";
    internal const string Dapr = "dapr";
}

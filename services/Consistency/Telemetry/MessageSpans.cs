using System.Diagnostics;
using Consistency.Outbox;

namespace Consistency.Telemetry;

/// <summary>The spans of a message's way: sent by a relay, handled by a consumer, decided by an operator.</summary>
public static class MessageSpans
{
    /// <summary>A relay sends it, from now on.</summary>
    internal static Span Send(OutboxMessage message, DateTimeOffset now)
    {
        var span = Span.Continue(SendName, message.Topic, ActivityKind.Producer, message.Traceparent);
        return span.IsRecorded
            ? span.About(SendName, SendName, message.Topic, message.Id, message.Type, message.Subject)
                .With(SpanTags.BodySize, message.Data.LongLength)
                .With(SpanTags.WaitedMs, (long)(now - message.CreatedAt).TotalMilliseconds)
            : span;
    }

    /// <summary>A consumer handles it.</summary>
    /// <param name="operation">What is done: process, replay, release, discard.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="consumer">App id.</param>
    /// <param name="messageId">CloudEvents id.</param>
    /// <param name="type">CloudEvents type.</param>
    /// <param name="subject">Aggregate id.</param>
    /// <param name="traceparent">The envelope's.</param>
    /// <param name="link">The request that brought it, or that asked for this; default for none.</param>
    public static Span Consume(
        string operation, string topic, string consumer, string messageId, string? type, string? subject, string? traceparent, ActivityContext link)
    {
        var span = Span.Continue(operation, topic, ActivityKind.Consumer, traceparent, link);
        return span.IsRecorded
            ? span.About(operation, operation == Discard ? "settle" : "process", topic, messageId, type, subject)
                .With(SpanTags.ConsumerGroup, consumer)
            : span;
    }

    /// <summary>A delivery.</summary>
    public const string Process = "process";

    internal const string Replay = "replay";
    internal const string Release = "release";
    internal const string Discard = "discard";
    private const string SendName = "send";

    private static Span About(
        this Span span, string operation, string operationType, string destination, string messageId, string? type, string? subject) =>
        span.With(SpanTags.System, SpanTags.Dapr)
            .With(SpanTags.Destination, destination)
            .With(SpanTags.Operation, operation)
            .With(SpanTags.OperationType, operationType)
            .With(SpanTags.MessageId, messageId)
            .With(SpanTags.EventType, type)
            .With(SpanTags.Subject, subject);
}

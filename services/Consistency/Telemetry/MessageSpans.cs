using System.Diagnostics;

namespace Consistency.Telemetry;

/// <summary>The spans of a message's way: sent by a relay, handled by a consumer, decided by an operator.</summary>
public static class MessageSpans
{
    /// <summary>A relay sends it.</summary>
    internal static Span Send(string destination, string messageId, string? type, string subject, long bytes, string? traceparent)
    {
        var span = Span.Continue("send " + destination, ActivityKind.Producer, traceparent);
        return span.IsRecorded
            ? span.About("send", "send", destination, messageId, type, subject).With(SpanTags.BodySize, bytes)
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
        if (!Traceparent.IsSampled(traceparent))
        {
            return Span.Continue(topic, ActivityKind.Consumer, traceparent);
        }

        var span = Span.Continue($"{operation} {topic}", ActivityKind.Consumer, traceparent, link);
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

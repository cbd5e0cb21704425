using System.Collections.Concurrent;
using Consistency.Telemetry;

namespace Consistency.Outbox;

/// <summary>
/// The spans of messages that are being published: one per message, from the first attempt until the broker has it. Its id stands in the envelope,
/// the same in every attempt of this process: whichever the broker took, consumers go on below a span that will be exported. Not so after a crash:
/// what the next process publishes again gets a span of its own.
/// </summary>
internal sealed class SendingSpans
{
    // Told apart, one by one; of further ones only the number is told. An hour of pauses of 5 s has 720.
    private const int NotesMax = 8;

    // Of one batch at most: the oldest unsent messages, which stay the same until they are sent.
    private readonly ConcurrentDictionary<long, Sending> open = new();

    /// <summary>The messages as they are to be published: with their spans' contexts, where their traces are recorded.</summary>
    public IReadOnlyList<OutboxMessage> Begin(IReadOnlyList<OutboxMessage> messages, DateTimeOffset now)
    {
        if (!open.IsEmpty)
        {
            EndAllBut(messages);
        }

        return messages.Any(m => Traceparent.IsSampled(m.Traceparent)) ? [.. messages.Select(m => Begin(m, now))] : messages;
    }

    /// <summary>
    /// The span that a publish belongs to: where all its messages are of one trace, the first one's. Else none, for the request would be in the
    /// trace of one of many.
    /// </summary>
    public Span OfBatch(IReadOnlyList<OutboxMessage> messages) =>
        open.TryGetValue(messages[0].Sequence, out var sending) && messages.All(m => Traceparent.IsSameTrace(m.Traceparent, messages[0].Traceparent))
            ? sending.Span
            : default;

    /// <summary>The broker has them.</summary>
    public void Sent(IReadOnlyList<OutboxMessage> messages)
    {
        foreach (var message in open.IsEmpty ? [] : messages)
        {
            if (open.TryRemove(message.Sequence, out var sending))
            {
                (sending.Failures == 0 ? sending.Span : sending.Span.With(SpanTags.Attempts, sending.Failures + 1))
                    .With(SpanTags.BatchSize, messages.Count)
                    .End();
            }
        }
    }

    /// <summary>It is unknown, or false, that the broker has them; they are published again.</summary>
    public void Failed(IReadOnlyList<OutboxMessage> messages, string reason)
    {
        foreach (var message in open.IsEmpty ? [] : messages)
        {
            if (open.TryGetValue(message.Sequence, out var sending) && ++sending.Failures <= NotesMax)
            {
                sending.Span.Note("publish failed", reason);
            }
        }
    }

    /// <summary>The relay stops; what is unsent, the next one sends.</summary>
    public void EndAll() => EndAllBut([]);

    private OutboxMessage Begin(OutboxMessage message, DateTimeOffset now)
    {
        if (!Traceparent.IsSampled(message.Traceparent))
        {
            return message;
        }

        var sending = open.GetOrAdd(message.Sequence, static (_, state) => new Sending(MessageSpans.Send(state.message, state.now)), (message, now));
        return message with { Traceparent = sending.Span.Traceparent };
    }

    private void EndAllBut(IReadOnlyList<OutboxMessage> messages)
    {
        var kept = messages.Select(m => m.Sequence).ToHashSet();
        foreach (var (sequence, sending) in open)
        {
            if (!kept.Contains(sequence) && open.TryRemove(sequence, out _))
            {
                sending.Span.Failed("left to another relay").End();
            }
        }
    }

    private sealed class Sending(Span span)
    {
        public Span Span => span;

        public int Failures { get; set; }
    }
}

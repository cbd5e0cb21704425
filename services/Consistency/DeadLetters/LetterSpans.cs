using Consistency.Telemetry;
using Contracts.DeadLetters;

namespace Consistency.DeadLetters;

/// <summary>
/// Spans of what becomes of a kept message: each goes on with the trace in which the message was sent, with a link to the operator's request where
/// one asked for it.
/// </summary>
internal static class LetterSpans
{
    public static Span Begin(string operation, DeadLetterEntry letter) => MessageSpans
        .Consume(operation, letter.Topic, letter.Consumer, letter.MessageId, letter.Type, letter.Subject, letter.Traceparent, Span.Current)
        .With(SpanTags.LetterId, letter.Id);

    /// <summary>It was handled, or not; where nothing was tried, nobody need know.</summary>
    /// <param name="span">The span.</param>
    /// <param name="hasEffect">Whether it had an effect; null where nothing was tried.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    public static void End(Span span, bool? hasEffect, string? failure)
    {
        if (failure is not null)
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Dead).Failed(failure).End();
        }
        else if (hasEffect is { } effect)
        {
            span.With(SpanTags.Outcome, effect ? MessageOutcomes.Handled : MessageOutcomes.Stale).End();
        }
        else
        {
            span.Forget();
        }
    }
}

using System.Text.Json;
using Consistency.DeadLetters;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.Events;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Answers for what comes on a topic and has no handler here. An event that is for others is acknowledged; what nobody knows (an unknown type, a
/// version of tomorrow, no event at all) is kept as a dead letter with that reason and dropped: no later attempt can do better, but a later version
/// of this service can replay it.
/// </summary>
internal sealed class UnhandledEvents<TDb>(
    WriteQueue<TDb> writes, ServiceIdentity identity, EventHandlers<TDb> handlers, TrafficMeter traffic, ILogger logger)
    where TDb : DbContext
{
    public async Task<BulkSubscribeAppResponse> HandleAsync(
        string topic, BulkSubscribeMessage<JsonElement> delivery, CancellationToken cancellationToken)
    {
        var answers = new List<BulkSubscribeAppResponseEntry>(delivery.Entries.Count);
        foreach (var entry in delivery.Entries)
        {
            var incoming = IncomingEvent.Read(entry.Event, out var problem);
            traffic.Delivered(incoming?.Type, count: 1);
            answers.Add(new BulkSubscribeAppResponseEntry(
                entry.EntryId,
                EventTypeAttribute.All.Contains(incoming?.Type ?? "")
                    ? BulkSubscribeAppResponseStatus.SUCCESS
                    : await KeepAsync(topic, entry, incoming, problem, cancellationToken)));
        }

        return new BulkSubscribeAppResponse(answers);
    }

    private async Task<BulkSubscribeAppResponseStatus> KeepAsync(
        string topic, BulkSubscribeMessageEntry<JsonElement> entry, IncomingEvent? incoming, string? problem, CancellationToken cancellationToken)
    {
        problem ??= handlers.UnknownType(incoming?.Type);
        var letter = IncomingEvent.ToLetter(topic, entry.Event, handlers.Concerns(incoming?.Type));
        var span = MessageSpans.Consume(
            MessageSpans.Process, topic, identity.AppId, letter.MessageId, letter.Type, letter.Subject, letter.Traceparent, Span.Current);
        try
        {
            await writes.ExecuteAsync(work => DeadLetterStore.KeepFailed(work, identity.AppId, letter, problem), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Retry).Failed(e.Message).End();
            logger.HandlingFailed(e, letter.Type, entry.EntryId);
            return BulkSubscribeAppResponseStatus.RETRY;
        }

        span.With(SpanTags.Outcome, MessageOutcomes.Dead).Failed(problem).End();
        logger.NotAnEvent(letter.Type, entry.EntryId, problem);
        return BulkSubscribeAppResponseStatus.DROP;
    }
}

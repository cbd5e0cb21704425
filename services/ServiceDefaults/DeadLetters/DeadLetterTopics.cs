using System.Text.Json;
using Consistency.DeadLetters;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Contracts.Events;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Messaging;

namespace ServiceDefaults.DeadLetters;

/// <summary>Keeps what this service's subscriptions gave up.</summary>
internal static class DeadLetterTopics
{
    /// <summary>Subscribes to the dead-letter topic of <paramref name="topic"/>.</summary>
    public static void MapDeadLetterTopic<TDb>(this WebApplication app, string topic)
        where TDb : DbContext
    {
        var deadLetterTopic = Topics.DeadLetterOf(topic);
        app.MapPost(
                $"/events/{deadLetterTopic}",
                async (BulkSubscribeMessage<JsonElement> delivery, WriteQueue<TDb> writes, ServiceIdentity identity, EventHandlers<TDb> handlers,
                    ILoggerFactory loggers, CancellationToken cancellationToken) => TypedResults.Ok(await KeepAllAsync(
                        topic, delivery, writes, identity, handlers, loggers.CreateLogger(typeof(DeadLetterTopics)), cancellationToken)))
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = deadLetterTopic })
            .WithBulkSubscribe(EventEndpoints.Bulk(deadLetterTopic))
            .RefusesPartialDeliveries();
    }

    /// <summary>Keeps the dead letters of a delivery that concern this service.</summary>
    internal static async Task<BulkSubscribeAppResponse> KeepAllAsync<TDb>(
        string topic,
        BulkSubscribeMessage<JsonElement> delivery,
        WriteQueue<TDb> writes,
        ServiceIdentity identity,
        EventHandlers<TDb> handlers,
        ILogger logger,
        CancellationToken cancellationToken)
        where TDb : DbContext
    {
        var letters = delivery.Entries.Select(e => (e.EntryId, Letter: Letter(topic, e, handlers))).ToList();

        // Services that subscribe to one topic share its dead-letter topic: what another one failed at is not ours.
        var ours = letters.Where(l => l.Letter.IsOurs || !EventTypeAttribute.All.Contains(l.Letter.Type)).ToList();
        var deadLetterTopic = Topics.DeadLetterOf(topic);
        var spans = ours.Select(l => MessageSpans.Consume(
            MessageSpans.Process, deadLetterTopic, identity.AppId, l.Letter.MessageId, l.Letter.Type, l.Letter.Subject, l.Letter.Traceparent,
            Span.Current)).ToList();
        var outcomes = await writes.ExecuteAllAsync(
            ours.Select(l => ((Func<UnitOfWork<TDb>, bool>)(work => DeadLetterStore.Keep(work, identity.AppId, l.Letter)), (string?)null)),
            cancellationToken);
        foreach (var (span, outcome) in spans.Zip(outcomes))
        {
            End(span, outcome);
        }

        var failed = ours.Zip(outcomes).Where(o => o.Second.Error is not null).ToDictionary(o => o.First.EntryId, o => o.Second.Error!);
        var answers = letters.Select(l =>
        {
            if (!failed.TryGetValue(l.EntryId, out var error))
            {
                return new BulkSubscribeAppResponseEntry(l.EntryId, BulkSubscribeAppResponseStatus.SUCCESS);
            }

            logger.DeadLetterNotKept(error, l.EntryId);
            return new BulkSubscribeAppResponseEntry(l.EntryId, BulkSubscribeAppResponseStatus.RETRY);
        });
        return new BulkSubscribeAppResponse([.. answers]);
    }

    // Known: its failure was seen here and the letter is kept already, or it was handled after all.
    private static void End(Span span, Outcome<bool> outcome)
    {
        if (outcome.Error is { } error)
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Retry).Failed(error.Message).End();
        }
        else
        {
            span.With(SpanTags.Outcome, outcome.Value ? MessageOutcomes.Dead : MessageOutcomes.Duplicate).End();
        }
    }

    private static DeadLetter Letter<TDb>(string topic, BulkSubscribeMessageEntry<JsonElement> entry, EventHandlers<TDb> handlers)
        where TDb : DbContext =>
        IncomingEvent.ToLetter(topic, entry.Event, handlers.Concerns(IncomingEvent.Read(entry.Event, out _)?.Type));
}

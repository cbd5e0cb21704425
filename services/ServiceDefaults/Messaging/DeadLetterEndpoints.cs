using System.Text.Json;
using Consistency.DeadLetters;
using Consistency.Storage;
using Contracts;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Messaging;

/// <summary>Keeps what this service's subscriptions gave up.</summary>
internal static class DeadLetterEndpoints
{
    /// <summary>Subscribes to the dead-letter topic of <paramref name="topic"/>.</summary>
    public static void MapDeadLetters<TDb>(this WebApplication app, string topic)
        where TDb : DbContext
    {
        var deadLetterTopic = Topics.DeadLetterOf(topic);
        app.MapPost($"/events/{deadLetterTopic}", KeepAllAsync<TDb>)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = deadLetterTopic })
            .WithBulkSubscribe(EventEndpoints.Bulk(deadLetterTopic));
    }

    private static async Task<IResult> KeepAllAsync<TDb>(
        BulkSubscribeMessage<JsonElement> delivery,
        WriteQueue<TDb> writes,
        ServiceIdentity identity,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
        where TDb : DbContext
    {
        var outcomes = await writes.ExecuteAllAsync(
            delivery.Entries.Select(e => ((Func<UnitOfWork<TDb>, bool>)(work => DeadLetterStore.Keep(work, identity.AppId, Letter(e))), (string?)null)),
            cancellationToken);
        var logger = loggers.CreateLogger(typeof(DeadLetterEndpoints));
        var answers = delivery.Entries.Zip(outcomes, (entry, outcome) =>
        {
            if (outcome.Error is not null)
            {
                logger.DeadLetterNotKept(outcome.Error, entry.EntryId);
            }

            return new BulkSubscribeAppResponseEntry(
                entry.EntryId, outcome.Error is null ? BulkSubscribeAppResponseStatus.SUCCESS : BulkSubscribeAppResponseStatus.RETRY);
        });
        return TypedResults.Ok(new BulkSubscribeAppResponse([.. answers]));
    }

    // What is no CloudEvent is kept as well, under its entry id.
    private static DeadLetter Letter(BulkSubscribeMessageEntry<JsonElement> entry)
    {
        var incoming = IncomingEvent.Read(entry, out _);
        return new DeadLetter(
            incoming?.Id ?? entry.EntryId,
            incoming?.Topic ?? "",
            incoming?.Type ?? "",
            incoming?.Subject ?? "",
            entry.Event.GetRawText());
    }
}

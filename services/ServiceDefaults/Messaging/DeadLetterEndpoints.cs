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
        HandledEvents handled,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
        where TDb : DbContext
    {
        // Services that subscribe to one topic share its dead-letter topic: what another one failed at is not ours.
        var letters = delivery.Entries.Select(e => (e.EntryId, Letter: Letter(e))).ToList();
        var ours = letters.Where(l => handled.Concerns(l.Letter.Type)).ToList();
        var outcomes = await writes.ExecuteAllAsync(
            ours.Select(l => ((Func<UnitOfWork<TDb>, bool>)(work => DeadLetterStore.Keep(work, identity.AppId, l.Letter)), (string?)null)),
            cancellationToken);
        var failed = ours.Zip(outcomes).Where(o => o.Second.Error is not null).ToDictionary(o => o.First.EntryId, o => o.Second.Error!);
        var logger = loggers.CreateLogger(typeof(DeadLetterEndpoints));
        var answers = letters.Select(l =>
        {
            if (!failed.TryGetValue(l.EntryId, out var error))
            {
                return new BulkSubscribeAppResponseEntry(l.EntryId, BulkSubscribeAppResponseStatus.SUCCESS);
            }

            logger.DeadLetterNotKept(error, l.EntryId);
            return new BulkSubscribeAppResponseEntry(l.EntryId, BulkSubscribeAppResponseStatus.RETRY);
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

using System.Text.Json;
using Contracts;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Messaging;

/// <summary>What every subscribed topic needs besides the handlers of its event types.</summary>
public static class TopicEndpoints
{
    /// <summary>
    /// Acknowledges the event types that this service does not handle, and keeps the dead letters of those that it does.
    /// Without the default route Dapr sends an unmatched event to the dead-letter topic (dapr/dapr, subscription.go: "no matching route").
    /// </summary>
    public static void MapTopics<TDb>(this WebApplication app, params ReadOnlySpan<string> topics)
        where TDb : DbContext
    {
        foreach (var topic in topics)
        {
            app.MapPost($"/events/{topic}/others", AcknowledgeAll)
                .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = topic, DeadLetterTopic = Topics.DeadLetterOf(topic) })
                .WithBulkSubscribe(EventEndpoints.Bulk(topic));
            app.MapDeadLetters<TDb>(topic);
        }
    }

    private static IResult AcknowledgeAll(BulkSubscribeMessage<JsonElement> delivery, TrafficMeter traffic)
    {
        foreach (var entry in delivery.Entries)
        {
            traffic.Delivered(IncomingEvent.Read(entry, out _)?.Type, count: 1);
        }

        return TypedResults.Ok(new BulkSubscribeAppResponse(
            [.. delivery.Entries.Select(e => new BulkSubscribeAppResponseEntry(e.EntryId, BulkSubscribeAppResponseStatus.SUCCESS))]));
    }
}

using System.Text.Json;
using Consistency.Storage;
using Contracts;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.DeadLetters;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Messaging;

/// <summary>What every subscribed topic needs besides the handlers of its event types.</summary>
public static class TopicEndpoints
{
    /// <summary>
    /// Acknowledges the event types that are for others, and keeps the dead letters of those that this service handles.
    /// Without the default route Dapr sends an unmatched event to the dead-letter topic (dapr/dapr, subscription.go: "no matching route").
    /// </summary>
    public static void MapTopics<TDb>(this WebApplication app, params ReadOnlySpan<string> topics)
        where TDb : DbContext
    {
        var unhandled = new UnhandledEvents<TDb>(
            app.Services.GetRequiredService<WriteQueue<TDb>>(),
            app.Services.GetRequiredService<ServiceIdentity>(),
            app.Services.GetRequiredService<EventHandlers<TDb>>(),
            app.Services.GetRequiredService<TrafficMeter>(),
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TopicEndpoints)));
        foreach (var topic in topics)
        {
            app.MapPost(
                    $"/events/{topic}/others",
                    async (BulkSubscribeMessage<JsonElement> delivery, CancellationToken cancellationToken) =>
                        TypedResults.Ok(await unhandled.HandleAsync(topic, delivery, cancellationToken)))
                .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = topic, DeadLetterTopic = Topics.DeadLetterOf(topic) })
                .WithBulkSubscribe(EventEndpoints.Bulk(topic))
                .RefusesPartialDeliveries();
            app.MapDeadLetterTopic<TDb>(topic);
        }
    }
}

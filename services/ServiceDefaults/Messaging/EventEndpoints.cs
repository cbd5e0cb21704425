using System.Text.Json;
using Consistency;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts;
using Contracts.Events;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Messaging;

/// <summary>Subscribes handlers to events, one endpoint per event type.</summary>
public static class EventEndpoints
{
    /// <summary>
    /// Subscribes to <typeparamref name="TEvent"/> on its owner's topic: routed by CloudEvents type, delivered in bulk, with a
    /// dead-letter topic.
    /// </summary>
    public static void MapEvent<TDb, TEvent>(this WebApplication app, EventHandling<TDb, TEvent> handle)
        where TDb : DbContext
    {
        var type = EventTypeAttribute.Of<TEvent>();
        var meter = app.Services.GetRequiredService<ConsistencyMeter>();
        var dispatch = new EventDispatch<TDb, TEvent>(
            app.Services.GetRequiredService<WriteQueue<TDb>>(),
            app.Services.GetRequiredService<ServiceIdentity>(),
            handle,
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<TEvent>(),
            app.Services.GetService<CrashHook>(),
            meter);
        meter.ExpectMessages(type.Topic);
        app.MapPost(
                $"/events/{type.Type}",
                async (BulkSubscribeMessage<JsonElement> delivery, TrafficMeter traffic, CancellationToken cancellationToken) =>
                {
                    traffic.Delivered(type.Type, delivery.Entries.Count);
                    return TypedResults.Ok(await dispatch.HandleAsync(delivery, cancellationToken));
                })
            .WithTopic(new TopicOptions
            {
                PubsubName = Topics.PubSub,
                Name = type.Topic,
                DeadLetterTopic = Topics.DeadLetterOf(type.Topic),
                Match = $"event.type == \"{type.Type}\"",
                Priority = app.Services.GetRequiredService<EventHandlers<TDb>>().Add(type.Type, dispatch),
            })
            .WithBulkSubscribe(Bulk(type.Topic))
            .RefusesPartialDeliveries();
    }

    /// <summary>Settings of every bulk subscription.</summary>
    internal static BulkSubscribeTopicOptions Bulk(string topic) => new()
    {
        TopicName = topic,

        // A batch is one transaction: large enough to make commits cheap, small enough to stay far below the delivery time-out.
        MaxMessagesCount = Limits.UnitsPerTransactionMax,

        // Some brokers' components wait this long for a batch to fill, always; it is added to the latency of every event.
        MaxAwaitDurationMs = 10,
    };
}

using Consistency.Outbox;
using Consistency.Telemetry;
using Contracts;
using Dapr.Client;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Messaging;

/// <summary>Publishes outbox messages through Dapr, many in one request.</summary>
internal sealed class DaprPublisher(DaprClient dapr, ServiceIdentity identity, TrafficMeter traffic, ConsistencyMeter meter) : IMessagePublisher
{
    public async Task PublishAsync(string topic, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var events = messages.Select(m => new OutgoingEvent(identity.AppId, m)).ToList();
        var response = await dapr.BulkPublishEventAsync(Topics.PubSub, topic, events, cancellationToken: cancellationToken);
        if (response.FailedEntries.Count > 0)
        {
            throw new PublishFailedException(topic, response.FailedEntries.Count, events.Count, response.FailedEntries[0].ErrorMessage);
        }

        meter.Published(topic, messages.Count);
        foreach (var message in messages)
        {
            traffic.Published(message.Type);
        }
    }
}

/// <summary>The broker refused some messages of a batch; the whole batch will be published again with the same ids.</summary>
public sealed class PublishFailedException(string topic, int failed, int total, string reason)
    : Exception($"Topic '{topic}': {failed} of {total} messages were not accepted: {reason}");

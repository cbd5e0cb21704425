// Without nullable annotations, as the official type is.
#nullable disable

using Dapr;
using Dapr.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Subscribes endpoints to topics.</summary>
public static class DaprEndpointConventionBuilderExtensions
{
    /// <summary>Subscribes the endpoint to a topic.</summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    public static T WithTopic<T>(this T builder, string pubsubName, string name)
        where T : IEndpointConventionBuilder => WithTopic(builder, pubsubName, name, enableRawPayload: false);

    /// <summary>Subscribes the endpoint to a topic.</summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="metadata">Metadata items for the pub/sub component.</param>
    public static T WithTopic<T>(this T builder, string pubsubName, string name, IDictionary<string, string> metadata)
        where T : IEndpointConventionBuilder =>
        WithTopic(builder, pubsubName, name, enableRawPayload: false, metadata);

    /// <summary>Subscribes the endpoint to a topic.</summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="enableRawPayload">Whether messages come without a CloudEvents envelope.</param>
    public static T WithTopic<T>(this T builder, string pubsubName, string name, bool enableRawPayload)
        where T : IEndpointConventionBuilder =>
        WithTopic(builder, pubsubName, name, enableRawPayload, metadata: null);

    /// <summary>Subscribes the endpoint to a topic.</summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="enableRawPayload">Whether messages come without a CloudEvents envelope.</param>
    /// <param name="metadata">Metadata items for the pub/sub component.</param>
    public static T WithTopic<T>(
        this T builder, string pubsubName, string name, bool enableRawPayload, IDictionary<string, string> metadata)
        where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithMetadata(new TopicAttribute(pubsubName, name, enableRawPayload));
        return WithTopicMetadata(builder, metadata);
    }

    /// <summary>Subscribes the endpoint to a topic, or to those of its messages that a rule holds for.</summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="topicOptions">The subscription.</param>
    public static T WithTopic<T>(this T builder, TopicOptions topicOptions)
        where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(topicOptions);
        builder.WithMetadata(new TopicAttribute(
            topicOptions.PubsubName, topicOptions.Name, topicOptions.DeadLetterTopic, topicOptions.EnableRawPayload)
        {
            Match = topicOptions.Match,
            Priority = topicOptions.Priority,
            OwnedMetadatas = topicOptions.OwnedMetadatas,
        });
        return WithTopicMetadata(builder, topicOptions.Metadata);
    }

    /// <summary>
    /// Makes the endpoint take a topic's messages several at a time, see <see cref="BulkSubscribeAttribute"/>.
    /// </summary>
    /// <typeparam name="T">Type of the builder.</typeparam>
    /// <param name="builder">The endpoint.</param>
    /// <param name="bulkSubscribeTopicOptions">The topic, which must be one that the endpoint is subscribed to.</param>
    public static T WithBulkSubscribe<T>(this T builder, BulkSubscribeTopicOptions bulkSubscribeTopicOptions)
        where T : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(bulkSubscribeTopicOptions);
        ArgumentException.ThrowIfNullOrEmpty(bulkSubscribeTopicOptions.TopicName);
        return builder.WithMetadata(new BulkSubscribeAttribute(
            bulkSubscribeTopicOptions.TopicName,
            bulkSubscribeTopicOptions.MaxMessagesCount,
            bulkSubscribeTopicOptions.MaxAwaitDurationMs));
    }

    private static T WithTopicMetadata<T>(T builder, IDictionary<string, string> metadata)
        where T : IEndpointConventionBuilder
    {
        foreach (var (name, value) in metadata ?? new Dictionary<string, string>())
        {
            builder.WithMetadata(new TopicMetadataAttribute(name, value));
        }

        return builder;
    }
}

// Without nullable annotations, as the official types are.
#nullable disable

namespace Dapr.AspNetCore;

/// <summary>Says that an endpoint takes the messages of a topic several at a time.</summary>
public interface IBulkSubscribeMetadata
{
    /// <summary>Most messages of one delivery.</summary>
    int MaxMessagesCount { get; }

    /// <summary>Longest wait for a delivery to fill up, in milliseconds.</summary>
    int MaxAwaitDurationMs { get; }

    /// <summary>Name of the topic.</summary>
    string TopicName { get; }
}

/// <summary>
/// Makes the endpoint take a topic's messages several at a time; set beside a <see cref="TopicAttribute"/> of that
/// topic. The endpoint gets a <see cref="BulkSubscribeMessage{TValue}"/> and answers a
/// <see cref="BulkSubscribeAppResponse"/>.
/// </summary>
/// <remarks>Where several endpoints share a topic, the one of the lowest priority decides for all of them.</remarks>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class BulkSubscribeAttribute : Attribute, IBulkSubscribeMetadata
{
    internal const int DefaultMaxMessagesCount = 100;
    internal const int DefaultMaxAwaitDurationMs = 1000;

    /// <summary>Takes several messages at a time.</summary>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="maxMessagesCount">Most messages of one delivery.</param>
    /// <param name="maxAwaitDurationMs">Longest wait for a delivery to fill up, in milliseconds.</param>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount, int maxAwaitDurationMs)
    {
        TopicName = topicName;
        MaxMessagesCount = maxMessagesCount;
        MaxAwaitDurationMs = maxAwaitDurationMs;
    }

    /// <summary>Takes several messages at a time, after at most 1000 ms.</summary>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="maxMessagesCount">Most messages of one delivery.</param>
    public BulkSubscribeAttribute(string topicName, int maxMessagesCount)
        : this(topicName, maxMessagesCount, DefaultMaxAwaitDurationMs)
    {
    }

    /// <summary>Takes at most 100 messages at a time, after at most 1000 ms.</summary>
    /// <param name="topicName">Name of the topic.</param>
    public BulkSubscribeAttribute(string topicName)
        : this(topicName, DefaultMaxMessagesCount)
    {
    }

    /// <inheritdoc/>
    public int MaxMessagesCount { get; }

    /// <inheritdoc/>
    public int MaxAwaitDurationMs { get; }

    /// <inheritdoc/>
    public string TopicName { get; }
}

/// <summary>A bulk subscription of an endpoint, see <see cref="BulkSubscribeAttribute"/>.</summary>
public class BulkSubscribeTopicOptions
{
    /// <summary>Most messages of one delivery.</summary>
    public int MaxMessagesCount { get; set; } = BulkSubscribeAttribute.DefaultMaxMessagesCount;

    /// <summary>Longest wait for a delivery to fill up, in milliseconds.</summary>
    public int MaxAwaitDurationMs { get; set; } = BulkSubscribeAttribute.DefaultMaxAwaitDurationMs;

    /// <summary>Name of the topic.</summary>
    public string TopicName { get; set; }
}

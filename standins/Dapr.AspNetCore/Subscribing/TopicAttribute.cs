// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr;

/// <summary>Subscribes an endpoint to a topic.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class TopicAttribute
    : Attribute, ITopicMetadata, IRawTopicMetadata, IOwnedOriginalTopicMetadata, IDeadLetterTopicMetadata
{
    /// <summary>Subscribes to a topic.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="ownedMetadatas">Ids of the metadata items that are for this topic.</param>
    /// <param name="metadataSeparator">Joins the values of metadata items of one name.</param>
    public TopicAttribute(
        string pubsubName, string name, string[] ownedMetadatas = null, string metadataSeparator = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsubName);
        ArgumentException.ThrowIfNullOrEmpty(name);
        PubsubName = pubsubName;
        Name = name;
        OwnedMetadatas = ownedMetadatas;
        MetadataSeparator = metadataSeparator;
    }

    /// <summary>Subscribes to a topic.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="enableRawPayload">Whether messages come without a CloudEvents envelope.</param>
    /// <param name="ownedMetadatas">Ids of the metadata items that are for this topic.</param>
    /// <param name="metadataSeparator">Joins the values of metadata items of one name.</param>
    public TopicAttribute(
        string pubsubName,
        string name,
        bool enableRawPayload,
        string[] ownedMetadatas = null,
        string metadataSeparator = null)
        : this(pubsubName, name, ownedMetadatas, metadataSeparator) => EnableRawPayload = enableRawPayload;

    /// <summary>Subscribes to the messages of a topic that a rule holds for.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="match">A CEL expression over <c>event</c>.</param>
    /// <param name="priority">Rules of one topic are tried from the lowest priority to the highest.</param>
    /// <param name="ownedMetadatas">Ids of the metadata items that are for this topic.</param>
    /// <param name="metadataSeparator">Joins the values of metadata items of one name.</param>
    public TopicAttribute(
        string pubsubName,
        string name,
        string match,
        int priority,
        string[] ownedMetadatas = null,
        string metadataSeparator = null)
        : this(pubsubName, name, ownedMetadatas, metadataSeparator)
    {
        Match = match;
        Priority = priority;
    }

    /// <summary>Subscribes to the messages of a topic that a rule holds for.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="enableRawPayload">Whether messages come without a CloudEvents envelope.</param>
    /// <param name="match">A CEL expression over <c>event</c>.</param>
    /// <param name="priority">Rules of one topic are tried from the lowest priority to the highest.</param>
    /// <param name="ownedMetadatas">Ids of the metadata items that are for this topic.</param>
    /// <param name="metadataSeparator">Joins the values of metadata items of one name.</param>
    public TopicAttribute(
        string pubsubName,
        string name,
        bool enableRawPayload,
        string match,
        int priority,
        string[] ownedMetadatas = null,
        string metadataSeparator = null)
        : this(pubsubName, name, match, priority, ownedMetadatas, metadataSeparator) =>
        EnableRawPayload = enableRawPayload;

    /// <summary>Subscribes to a topic, with a dead-letter topic.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="name">Name of the topic.</param>
    /// <param name="deadLetterTopic">Where messages go whose delivery was given up.</param>
    /// <param name="enableRawPayload">Whether messages come without a CloudEvents envelope.</param>
    /// <param name="ownedMetadatas">Ids of the metadata items that are for this topic.</param>
    /// <param name="metadataSeparator">Joins the values of metadata items of one name.</param>
    public TopicAttribute(
        string pubsubName,
        string name,
        string deadLetterTopic,
        bool enableRawPayload,
        string[] ownedMetadatas = null,
        string metadataSeparator = null)
        : this(pubsubName, name, enableRawPayload, ownedMetadatas, metadataSeparator) =>
        DeadLetterTopic = deadLetterTopic;

    /// <inheritdoc/>
    public string Name { get; set; }

    /// <inheritdoc/>
    public string PubsubName { get; set; }

    /// <inheritdoc/>
    public bool? EnableRawPayload { get; set; }

    /// <inheritdoc/>
    public new string Match { get; set; }

    /// <inheritdoc/>
    public int Priority { get; set; }

    /// <inheritdoc/>
    public string[] OwnedMetadatas { get; set; }

    /// <inheritdoc/>
    public string MetadataSeparator { get; set; }

    /// <inheritdoc/>
    public string DeadLetterTopic { get; set; }
}

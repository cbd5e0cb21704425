// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr;

/// <summary>A subscription of an endpoint, see <see cref="TopicAttribute"/>.</summary>
public class TopicOptions
{
    /// <summary>Metadata items for the pub/sub component. A field, as in the official package.</summary>
    public IDictionary<string, string> Metadata;

    /// <summary>Name of the topic.</summary>
    public string Name { get; set; }

    /// <summary>Name of the pub/sub component.</summary>
    public string PubsubName { get; set; }

    /// <summary>Whether messages come without a CloudEvents envelope.</summary>
    public bool EnableRawPayload { get; set; }

    /// <summary>A CEL expression over <c>event</c>; the endpoint takes the messages that it holds for.</summary>
    public string Match { get; set; }

    /// <summary>Rules of one topic are tried from the lowest priority to the highest.</summary>
    public int Priority { get; set; }

    /// <summary>Ids of the metadata items that are for this topic.</summary>
    public string[] OwnedMetadatas { get; set; }

    /// <summary>
    /// Joins the values of metadata items of one name. The official package does not hand it on from here, so neither
    /// does this one: use <see cref="TopicAttribute.MetadataSeparator"/>.
    /// </summary>
    public string MetadataSeparator { get; set; }

    /// <summary>Where messages go whose delivery was given up.</summary>
    public string DeadLetterTopic { get; set; }
}

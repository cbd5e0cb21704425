// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr;

/// <summary>A metadata item for the pub/sub component, set beside <see cref="TopicAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
public class TopicMetadataAttribute : Attribute, IOriginalTopicMetadata
{
    /// <summary>An item for every topic of the endpoint.</summary>
    /// <param name="name">Name of the item.</param>
    /// <param name="value">Value of the item.</param>
    public TopicMetadataAttribute(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        Value = value;
    }

    /// <summary>An item for the topics that own its id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="name">Name of the item.</param>
    /// <param name="value">Value of the item.</param>
    public TopicMetadataAttribute(string id, string name, string value)
        : this(name, value)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        Id = id;
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Value { get; }
}

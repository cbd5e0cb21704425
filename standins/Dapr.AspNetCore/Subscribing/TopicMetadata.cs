// Without nullable annotations, as the official types are: callers get no warnings on one that they would not get on
// the other.
#nullable disable

namespace Dapr;

/// <summary>Says that an endpoint takes the messages of a topic.</summary>
public interface ITopicMetadata
{
    /// <summary>Name of the topic.</summary>
    string Name { get; }

    /// <summary>Name of the pub/sub component.</summary>
    string PubsubName { get; }

    /// <summary>
    /// A CEL expression over <c>event</c>; the endpoint takes the messages that it holds for. Empty: all others.
    /// </summary>
    string Match { get; }

    /// <summary>Rules of one topic are tried from the lowest priority to the highest.</summary>
    int Priority { get; }
}

/// <summary>Says whether messages come without a CloudEvents envelope.</summary>
public interface IRawTopicMetadata
{
    /// <summary>Whether messages come without a CloudEvents envelope.</summary>
    bool? EnableRawPayload { get; }
}

/// <summary>Says where messages go whose delivery was given up.</summary>
public interface IDeadLetterTopicMetadata
{
    /// <summary>Name of the dead-letter topic.</summary>
    string DeadLetterTopic { get; }
}

/// <summary>A metadata item for the pub/sub component.</summary>
public interface IOriginalTopicMetadata
{
    /// <summary>Empty: the item is for every topic of the endpoint; else for those that own this id.</summary>
    string Id { get; }

    /// <summary>Name of the item.</summary>
    string Name { get; }

    /// <summary>Value of the item.</summary>
    string Value { get; }
}

/// <summary>Says which metadata items are for a topic.</summary>
public interface IOwnedOriginalTopicMetadata
{
    /// <summary>Ids of the items (<see cref="IOriginalTopicMetadata.Id"/>) that are for this topic.</summary>
    string[] OwnedMetadatas { get; }

    /// <summary>Joins the values of items of one name; by default a comma.</summary>
    string MetadataSeparator { get; }
}

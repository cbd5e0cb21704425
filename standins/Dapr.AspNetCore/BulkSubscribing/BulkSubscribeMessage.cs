// Without nullable annotations, as the official types are.
#nullable disable

namespace Dapr.AspNetCore;

/// <summary>Several messages of a topic, delivered at once.</summary>
/// <typeparam name="TValue">
/// Type of one message: the whole envelope, for which <see cref="BulkMessageModel{TValue}"/> may serve.
/// </typeparam>
public class BulkSubscribeMessage<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkSubscribeMessage()
    {
    }

    /// <summary>Makes a delivery.</summary>
    /// <param name="entries">The messages.</param>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="metadata">Metadata of the delivery.</param>
    public BulkSubscribeMessage(
        List<BulkSubscribeMessageEntry<TValue>> entries, string topic, Dictionary<string, string> metadata)
    {
        Entries = entries;
        Topic = topic;
        Metadata = metadata;
    }

    /// <summary>The messages.</summary>
    public List<BulkSubscribeMessageEntry<TValue>> Entries { get; set; }

    /// <summary>Name of the topic.</summary>
    public string Topic { get; set; }

    /// <summary>Metadata of the delivery.</summary>
    public Dictionary<string, string> Metadata { get; set; }
}

/// <summary>One message of a <see cref="BulkSubscribeMessage{TValue}"/>.</summary>
/// <typeparam name="TValue">Type of the message.</typeparam>
public class BulkSubscribeMessageEntry<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkSubscribeMessageEntry()
    {
    }

    /// <summary>Makes an entry.</summary>
    /// <param name="entryId">Tells the message from the others of its delivery.</param>
    /// <param name="contentType">How the message is written.</param>
    /// <param name="metadata">Metadata of the message.</param>
    /// <param name="eventData">The message.</param>
    public BulkSubscribeMessageEntry(
        string entryId, string contentType, Dictionary<string, string> metadata, TValue eventData)
    {
        EntryId = entryId;
        ContentType = contentType;
        Metadata = metadata;
        Event = eventData;
    }

    /// <summary>Tells the message from the others of its delivery; the answer refers to it.</summary>
    public string EntryId { get; set; }

    /// <summary>How the message is written.</summary>
    public string ContentType { get; set; }

    /// <summary>Metadata of the message.</summary>
    public Dictionary<string, string> Metadata { get; set; }

    /// <summary>The message.</summary>
    public TValue Event { get; set; }
}

/// <summary>A CloudEvents envelope as it comes inside a bulk delivery.</summary>
/// <typeparam name="TValue">Type of the data.</typeparam>
public class BulkMessageModel<TValue>
{
    /// <summary>For deserialization.</summary>
    public BulkMessageModel()
    {
    }

    /// <summary>Makes an envelope.</summary>
    /// <param name="id">Id of the event.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="type">What happened.</param>
    /// <param name="specversion">Version of CloudEvents.</param>
    /// <param name="datacontenttype">How the data is written.</param>
    /// <param name="data">The data.</param>
    public BulkMessageModel(
        string id, string source, string type, string specversion, string datacontenttype, TValue data)
    {
        Id = id;
        Source = source;
        Type = type;
        Specversion = specversion;
        Datacontenttype = datacontenttype;
        Data = data;
    }

    /// <summary>Id of the event.</summary>
    public string Id { get; set; }

    /// <summary>Where it comes from.</summary>
    public string Source { get; set; }

    /// <summary>What happened.</summary>
    public string Type { get; set; }

    /// <summary>Version of CloudEvents.</summary>
    public string Specversion { get; set; }

    /// <summary>How the data is written.</summary>
    public string Datacontenttype { get; set; }

    /// <summary>The data.</summary>
    public TValue Data { get; set; }
}

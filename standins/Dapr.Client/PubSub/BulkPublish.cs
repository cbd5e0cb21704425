namespace Dapr.Client;

/// <summary>One event of a bulk publish.</summary>
/// <typeparam name="TValue">Type of the event.</typeparam>
/// <param name="entryId">Tells the event from the others of the same call: its position, counted from 0.</param>
/// <param name="eventData">The event.</param>
/// <param name="contentType">How the event was written.</param>
/// <param name="metadata">Metadata sent with the event.</param>
public class BulkPublishEntry<TValue>(
    string entryId, TValue eventData, string contentType, IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>Tells the event from the others of the same call: its position, counted from 0.</summary>
    public string EntryId { get; } = entryId;

    /// <summary>The event.</summary>
    public TValue EventData { get; } = eventData;

    /// <summary>How the event was written.</summary>
    public string ContentType { get; } = contentType;

    /// <summary>Metadata sent with the event.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}

// Without nullable annotations from here on, as the official types are.
#nullable disable

/// <summary>An event of a bulk publish that the broker did not take.</summary>
/// <typeparam name="TValue">Type of the event.</typeparam>
/// <param name="entry">The event.</param>
/// <param name="errorMessage">Why it was not taken.</param>
public class BulkPublishResponseFailedEntry<TValue>(BulkPublishEntry<TValue> entry, string errorMessage)
{
    /// <summary>The event.</summary>
    public BulkPublishEntry<TValue> Entry { get; } = entry;

    /// <summary>Why it was not taken.</summary>
    public string ErrorMessage { get; } = errorMessage;
}

/// <summary>Outcome of a bulk publish.</summary>
/// <typeparam name="TValue">Type of the events.</typeparam>
/// <param name="failedEntries">The events that were not taken.</param>
public class BulkPublishResponse<TValue>(List<BulkPublishResponseFailedEntry<TValue>> failedEntries)
{
    /// <summary>The events that were not taken; empty when all were.</summary>
    public List<BulkPublishResponseFailedEntry<TValue>> FailedEntries { get; } = failedEntries;
}

// Without nullable annotations, as the official types are.
#nullable disable

namespace Dapr.AspNetCore;

/// <summary>What becomes of one message of a bulk delivery. The names go out as they are.</summary>
public enum BulkSubscribeAppResponseStatus
{
    /// <summary>It is done.</summary>
    SUCCESS,

    /// <summary>It is to be delivered again, as far as the policy of the subscription goes.</summary>
    RETRY,

    /// <summary>It is to be given up.</summary>
    DROP,
}

/// <summary>Answer to a bulk delivery: one status for each message.</summary>
/// <param name="statuses">The statuses.</param>
public class BulkSubscribeAppResponse(List<BulkSubscribeAppResponseEntry> statuses)
{
    /// <summary>The statuses. A message without one counts as RETRY.</summary>
    public List<BulkSubscribeAppResponseEntry> Statuses { get; } = statuses;
}

/// <summary>Status of one message of a bulk delivery.</summary>
/// <param name="entryId">The message's <see cref="BulkSubscribeMessageEntry{TValue}.EntryId"/>.</param>
/// <param name="status">What becomes of it.</param>
public class BulkSubscribeAppResponseEntry(string entryId, BulkSubscribeAppResponseStatus status)
{
    /// <summary>The message's <see cref="BulkSubscribeMessageEntry{TValue}.EntryId"/>.</summary>
    public string EntryId { get; } = entryId;

    /// <summary>What becomes of it.</summary>
    public string Status { get; } = status.ToString();
}

using System.Text.Json;

namespace Contracts.Feeds;

/// <summary>Kinds of records in the services' change feeds.</summary>
public static class FeedKinds
{
    /// <summary>Orders' feed: <see cref="OrderState"/>.</summary>
    public const string Order = "order";

    /// <summary>Inventory's feed: <see cref="ReservationState"/>.</summary>
    public const string Reservation = "reservation";

    /// <summary>Inventory's feed: <see cref="Stock.StockLevel"/>. Changes with every reservation.</summary>
    public const string Stock = "stock";

    /// <summary>Inventory's feed: <see cref="Stock.CatalogItem"/>. Changes with name, price and withdrawal only, so that it comes to rest.</summary>
    public const string Product = "product";

    /// <summary>Invoices' feed: <see cref="InvoiceState"/>.</summary>
    public const string Invoice = "invoice";

    /// <summary>The feeds of Orders and of Invoices: <see cref="CustomerState"/>.</summary>
    public const string Customer = "customer";
}

/// <summary>Lanes of a feed, as <c>GET /changes?lane=</c> names them.</summary>
public static class FeedLanes
{
    /// <summary>What nobody is told of: orders of pattern <c>sync</c>, and what is being repaired.</summary>
    public const string Pulled = "pulled";

    /// <summary>What events or calls tell of.</summary>
    public const string Pushed = "pushed";

    /// <summary>Both.</summary>
    public const string All = "all";
}

/// <summary>Limits of <c>GET /changes</c>.</summary>
public static class FeedLimits
{
    /// <summary>
    /// Changes of one page. Sketch: reading and writing out a change costs its owner some 20 microseconds, so a page some 10 ms, which is as
    /// long as a follower that catches up makes others wait.
    /// </summary>
    public const int PageMax = 500;

    /// <summary>
    /// Bytes of one page's records, but for a single one that is larger. Half of the 4 MiB that Dapr carries of an answer (its max-body-size),
    /// which 500 orders of 100 lines would pass: a follower would never get beyond them.
    /// </summary>
    public const int PageBytesMax = 2 * 1024 * 1024;

    /// <summary>
    /// Changes of one page where only quiet ones are asked for and no limit is: nobody waits for those, so they are read in small pieces with
    /// pauses in between, which clients' writes do not feel.
    /// </summary>
    public const int QuietPage = 100;

    /// <summary>Longest wait for the next change, in milliseconds; well below the 5 s after which Dapr's policy gives a call up.</summary>
    public const int WaitMsMax = 2000;

    /// <summary>Longest grace time that can be asked for, in milliseconds.</summary>
    public const int QuietMsMax = 3_600_000;
}

/// <summary>
/// A record's last change.
/// </summary>
/// <param name="Kind">One of <see cref="FeedKinds"/>.</param>
/// <param name="Key">Which one.</param>
/// <param name="Sequence">Place in the owner's feed. A record that changes again moves to the end, and is not found here any more.</param>
/// <param name="ChangedAt">When it was committed, by the owner's clock.</param>
/// <param name="Deleted">True for a tombstone; there is no data then.</param>
/// <param name="Data">The record as it is now, which may be newer than this place; null for a tombstone.</param>
/// <param name="Traceparent">W3C trace context of the write that made the change; null where it had none.</param>
public sealed record Change(
    string Kind, string Key, long Sequence, DateTimeOffset ChangedAt, bool Deleted, JsonElement? Data, string? Traceparent = null)
{
    /// <summary>The record.</summary>
    /// <exception cref="JsonException">It is not one of that type.</exception>
    public T Read<T>() =>
        Data is { } data
            ? data.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"{Kind} '{Key}' has no data.")
            : throw new JsonException($"{Kind} '{Key}' is a tombstone.");
}

/// <summary>Answer of <c>GET /changes</c>: changes in commit order, none left out.</summary>
/// <param name="Items">The changes.</param>
/// <param name="Cursor">Send it as <c>after</c> to read on; opaque.</param>
/// <param name="More">True if more can be read at once.</param>
/// <param name="AsOf">
/// Up to when, by the owner's clock, a follower that has read this page knows everything that it asked for. Only where there is no more: a
/// record that changed twice stands at its later place only, so that a page with more behind it may lack what was committed before its end.
/// </param>
/// <param name="Rewound">
/// True if the owner does not know the place that was asked for (it was put back to an earlier state) and starts from the beginning again.
/// </param>
public sealed record ChangePage(IReadOnlyList<Change> Items, string Cursor, bool More, DateTimeOffset AsOf, bool Rewound);

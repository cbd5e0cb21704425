namespace Consistency.Telemetry;

/// <summary>Something that is read at each scrape, instead of being counted.</summary>
/// <param name="Name">Name of the instrument.</param>
/// <param name="Unit">Its unit, in UCUM's notation.</param>
/// <param name="Description">What it tells.</param>
public sealed record Gauge(string Name, string Unit, string Description);

/// <summary>
/// All gauges. Ages are of the oldest, in seconds, and 0 where there is none: what matters is how long something waits, not how much does.
/// </summary>
public static class Gauges
{
    /// <summary>Per pattern.</summary>
    public static readonly Gauge OrdersUnsettled = new(
        "consistency.orders.unsettled", "{order}", "Orders that wait for another service: not decided, or decided and not carried out.");

    /// <summary>Per pattern.</summary>
    public static readonly Gauge OrdersUnsettledAge = new("consistency.orders.unsettled.age", "s", "How long the oldest unsettled order has waited.");

    /// <summary>Per channel.</summary>
    public static readonly Gauge OutboxDepth = new("consistency.outbox.depth", "{message}", "Messages that are committed and not yet sent.");

    /// <summary>Per channel.</summary>
    public static readonly Gauge OutboxAge = new("consistency.outbox.age", "s", "How long the oldest unsent message has waited.");

    /// <summary>Per feed and reader.</summary>
    public static readonly Gauge FeedUnread = new(
        "consistency.feed.unread", "{change}", "Changes of this service that a follower has not read; up to 1000.");

    /// <summary>Per feed and reader.</summary>
    public static readonly Gauge FeedLag = new("consistency.feed.lag", "s", "How long the oldest change that a follower has not read has waited.");

    /// <summary>Per feed.</summary>
    public static readonly Gauge FeedPulledAge = new(
        "consistency.feed.pulled.age", "s", "Time since this instance last read a part of that feed, or started.");

    /// <summary>Of manual policy.</summary>
    public static readonly Gauge ConflictsOpen = new("consistency.conflicts.open", "{conflict}", "Conflicts that wait for an operator.");

    /// <summary>Of manual policy.</summary>
    public static readonly Gauge ConflictsOpenAge = new("consistency.conflicts.open.age", "s", "How long the oldest open conflict has waited.");

    /// <summary>Per status.</summary>
    public static readonly Gauge DeadLetters = new(
        "consistency.deadletters", "{message}", "Messages that were given up, and messages that wait behind one.");

    /// <summary>Per status.</summary>
    public static readonly Gauge DeadLettersAge = new("consistency.deadletters.age", "s", "How long the oldest such message has been kept.");

    /// <summary>Pattern workflow.</summary>
    public static readonly Gauge AttentionOrders = new("consistency.attention.orders", "{order}", "Orders that wait for an operator.");

    /// <summary>Pattern workflow.</summary>
    public static readonly Gauge AttentionAge = new("consistency.attention.age", "s", "How long the oldest order has waited for an operator.");

    /// <summary>Of the gateway's read models.</summary>
    public static readonly Gauge ViewLag = new("consistency.view.lag", "s", "How old the view of orders is.");

    /// <summary>Where the others come from.</summary>
    public static readonly Gauge Up = new(
        "consistency.gauges.up", "1", "1 where the database could be read for this scrape, else 0, and its gauges are missing.");
}

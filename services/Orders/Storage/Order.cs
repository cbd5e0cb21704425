using Consistency.Feeds;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Orders.Storage;

/// <summary>An order. Its version rises by one with every change, and goes out with every event about it.</summary>
internal sealed class Order : IFed
{
    public required string OrderId { get; init; }

    public required string CustomerId { get; init; }

    public required string Pattern { get; init; }

    public string Status { get; set; } = OrderStatuses.Pending;

    public string? ReasonCode { get; set; }

    public string? Detail { get; set; }

    public string? InvoiceNumber { get; set; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public required long TotalCents { get; init; }

    public long Version { get; set; } = 1;

    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>Last write of the customer; convergence counts from here.</summary>
    public required DateTimeOffset ClientWroteAt { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>The steps that could not be done; null where the order needs no operator.</summary>
    public string? AttentionStep { get; set; }

    public string? AttentionReason { get; set; }

    public DateTimeOffset? AttentionSince { get; set; }

    /// <summary>SettleOrder workflows asked for so far; numbers the next one.</summary>
    public int SettleRuns { get; set; }

    /// <summary>How often its workflow was found lost and started again since the order changed last: each time waits twice as long.</summary>
    public int WorkflowRestarts { get; set; }

    /// <summary>The decision (Confirmed or Cancelled) that a SettleOrder workflow has brought all services in line with.</summary>
    public string? SettledStatus { get; set; }

    /// <summary>True while a SettleOrder workflow is asked for that has not come to its end.</summary>
    public bool Settling { get; set; }

    /// <summary>True once Inventory's feed has told that the stock is reserved; Invoices reads it in the order's own.</summary>
    public bool StockReserved { get; set; }

    /// <summary>True once messages about this order were found missing: from then on the others pull it, whatever its pattern.</summary>
    public bool Healing { get; set; }

    string IFed.FeedKind => FeedKinds.Order;

    string IFed.FeedKey => OrderId;

    Lane IFed.FeedLane => Healing || Pattern == Patterns.Sync ? Lane.Pulled : Lane.Pushed;

    private OrderAttention? Attention => AttentionStep is null ? null : new OrderAttention(AttentionStep, AttentionReason!, AttentionSince!.Value);

    public OrderDetails ToDetails() => new(
        OrderId, CustomerId, Pattern, Status, ReasonCode, Detail, InvoiceNumber, Lines, TotalCents, Version, PlacedAt, ChangedAt, Attention);

    public OrderSnapshot ToSnapshot() => new(
        OrderId, CustomerId, Pattern, Status, ReasonCode, InvoiceNumber, Lines, TotalCents, PlacedAt, ClientWroteAt, ChangedAt, Attention);

    public OrderState ToState() => new(
        OrderId, CustomerId, Pattern, Status, ReasonCode, Detail, InvoiceNumber, Lines, TotalCents, Version, PlacedAt, ClientWroteAt, ChangedAt,
        StockReserved, Healing, Attention);

    public OrderPlaced ToPlaced() => new(OrderId, CustomerId, Pattern, Lines, TotalCents, PlacedAt);

    public OrderAccepted ToAccepted() => new(OrderId, Status, Version, TotalCents);
}

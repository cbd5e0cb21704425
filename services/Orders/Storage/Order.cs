using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Orders.Storage;

/// <summary>An order. Its version rises by one with every change, and goes out with every event about it.</summary>
internal sealed class Order
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

    public OrderDetails ToDetails() => new(
        OrderId, CustomerId, Pattern, Status, ReasonCode, Detail, InvoiceNumber, Lines, TotalCents, Version, PlacedAt, ChangedAt);

    public OrderSnapshot ToSnapshot() => new(
        OrderId, CustomerId, Pattern, Status, ReasonCode, InvoiceNumber, Lines, TotalCents, PlacedAt, ClientWroteAt, ChangedAt);

    public OrderAccepted ToAccepted() => new(OrderId, Status, Version, TotalCents);
}

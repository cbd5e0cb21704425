using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Gateway.Views;

/// <summary>An order, its reservation and its invoice side by side. A part is null until its owner has told of it, in any order.</summary>
internal sealed class OrderRow
{
    public long Edition { get; init; }

    public required string OrderId { get; init; }

    public string? CustomerId { get; init; }

    public string? Pattern { get; init; }

    public string? Status { get; init; }

    public string? ReasonCode { get; init; }

    public string? Detail { get; init; }

    public string? InvoiceNumber { get; init; }

    public List<OrderLine>? Lines { get; init; }

    public long? TotalCents { get; init; }

    /// <summary>The order's version; null where Orders has not told of it.</summary>
    public long? Version { get; init; }

    public DateTimeOffset? PlacedAt { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }

    public string? AttentionStep { get; init; }

    public string? AttentionReason { get; init; }

    public DateTimeOffset? AttentionSince { get; init; }

    public string? ReservationStatus { get; init; }

    public string? ReservationReason { get; init; }

    public DateTimeOffset? ReservationChangedAt { get; init; }

    public string? InvoiceStatus { get; init; }

    public string? InvoicePrinted { get; init; }

    public string? InvoiceCreditNote { get; init; }

    public DateTimeOffset? InvoiceChangedAt { get; init; }

    public OrderReservation? Reservation =>
        ReservationStatus is null ? null : new OrderReservation(ReservationStatus, ReservationReason, ReservationChangedAt!.Value);

    public OrderInvoice? Invoice =>
        InvoiceStatus is null ? null : new OrderInvoice(InvoiceStatus, InvoicePrinted, InvoiceCreditNote, InvoiceChangedAt!.Value);

    private OrderAttention? Attention => AttentionStep is null ? null : new OrderAttention(AttentionStep, AttentionReason!, AttentionSince!.Value);

    /// <summary>The answer to a client, where Orders has told of the order.</summary>
    public OrderViewDetails ToDetails() => new(
        OrderId, CustomerId!, Pattern!, Status!, ReasonCode, Detail, InvoiceNumber, Lines!, TotalCents!.Value, Version!.Value,
        PlacedAt!.Value, ChangedAt!.Value, Attention, Reservation, Invoice, OrderSources.View);

    public OrderViewSnapshot ToSnapshot() => new(OrderId, Status, ChangedAt, Reservation, Invoice);
}

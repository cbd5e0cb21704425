using System.Text.Json.Serialization;

namespace Contracts.Ordering;

/// <summary>Where an order in an answer was read.</summary>
public static class OrderSources
{
    /// <summary>In the gateway's view, as old as the answer's <c>asOf</c>.</summary>
    public const string View = "view";

    /// <summary>At Orders itself: the view did not have it, or not in the version that the client's token names.</summary>
    public const string Owner = "owner";
}

/// <summary>Answer to GET /orders/{id} at the gateway: the order with its reservation and its invoice. Also an entry of GET /orders.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="CustomerId">Customer.</param>
/// <param name="Pattern">Pattern it was placed with.</param>
/// <param name="Status">One of <see cref="OrderStatuses"/>.</param>
/// <param name="ReasonCode">Why it was cancelled.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="InvoiceNumber">Invoice that confirmed it.</param>
/// <param name="Lines">Lines with the prices used.</param>
/// <param name="TotalCents">Total, in cents.</param>
/// <param name="Version">The order's version; the answer's entity tag.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="ChangedAt">Last change of the order.</param>
/// <param name="Attention">Why it waits for an operator; null where it does not.</param>
/// <param name="Reservation">What Inventory did; null where the view knows of nothing.</param>
/// <param name="Invoice">What Invoices did; null where the view knows of nothing.</param>
/// <param name="Source">One of <see cref="OrderSources"/>: where the order was read. Reservation and invoice always come from the view.</param>
/// <param name="AsOf">The view has everything that the three services had committed by then (UTC). Null in a list, which has its own.</param>
/// <param name="LagMs">How long ago that was, in milliseconds. Null in a list, which has its own.</param>
public sealed record OrderViewDetails(
    string OrderId,
    string CustomerId,
    string Pattern,
    string Status,
    string? ReasonCode,
    string? Detail,
    string? InvoiceNumber,
    IReadOnlyList<OrderLine> Lines,
    long TotalCents,
    long Version,
    DateTimeOffset PlacedAt,
    DateTimeOffset ChangedAt,
    OrderAttention? Attention,
    OrderReservation? Reservation,
    OrderInvoice? Invoice,
    string Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? AsOf = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? LagMs = null);

/// <summary>What Inventory did for an order.</summary>
/// <param name="Status">One of <see cref="Snapshots.ReservationStatuses"/>.</param>
/// <param name="ReasonCode">Why nothing is reserved, or no longer.</param>
/// <param name="ChangedAt">Last change.</param>
public sealed record OrderReservation(string Status, string? ReasonCode, DateTimeOffset ChangedAt);

/// <summary>What Invoices did for an order.</summary>
/// <param name="Status">One of <see cref="Invoicing.InvoiceStatuses"/>.</param>
/// <param name="Number">The number as printed; null where none was given out.</param>
/// <param name="CreditNoteNumber">The credit note's; null where none was.</param>
/// <param name="ChangedAt">Last change.</param>
public sealed record OrderInvoice(string Status, string? Number, string? CreditNoteNumber, DateTimeOffset ChangedAt);

/// <summary>Answer to GET /orders at the gateway.</summary>
/// <param name="Items">Orders by id; newest first where that was asked for.</param>
/// <param name="Next">Ask again with <c>after={Next}</c>; null on the last page.</param>
/// <param name="AsOf">The view has everything that the three services had committed by then (UTC).</param>
/// <param name="LagMs">How long ago that was, in milliseconds.</param>
public sealed record OrderViewPage(IReadOnlyList<OrderViewDetails> Items, string? Next, DateTimeOffset AsOf, long LagMs);

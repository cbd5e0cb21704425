using Contracts.Events;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Contracts.Feeds;

/// <summary>An order, as Orders' feed has it.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="CustomerId">Customer.</param>
/// <param name="Pattern">Pattern it was placed with.</param>
/// <param name="Status">One of <see cref="OrderStatuses"/>.</param>
/// <param name="ReasonCode">Why it was cancelled.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="InvoiceNumber">Invoice that confirmed it.</param>
/// <param name="Lines">Lines with the prices used.</param>
/// <param name="TotalCents">Total, in cents.</param>
/// <param name="Version">Rises by one with every change that events tell of.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="ClientWroteAt">Last write of the client.</param>
/// <param name="ChangedAt">Last change.</param>
/// <param name="StockReserved">True once Orders has read in Inventory's feed that the stock is reserved.</param>
/// <param name="Healing">True once messages about this order were found missing: from then on it is pulled.</param>
/// <param name="Attention">Why it waits for an operator; null where it does not.</param>
public sealed record OrderState(
    string OrderId, string CustomerId, string Pattern, string Status, string? ReasonCode, string? Detail, string? InvoiceNumber,
    IReadOnlyList<OrderLine> Lines, long TotalCents, long Version, DateTimeOffset PlacedAt, DateTimeOffset ClientWroteAt,
    DateTimeOffset ChangedAt, bool StockReserved, bool Healing, OrderAttention? Attention);

/// <summary>A reservation, as Inventory's feed has it.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="Status">One of <see cref="ReservationStatuses"/>.</param>
/// <param name="ReasonCode">Why nothing is reserved, or no longer.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="Lines">Pieces held, or once held.</param>
/// <param name="ChangedAt">Last change.</param>
/// <param name="Order">The order as it was placed, where Inventory was told: what Orders needs if its own database has lost it.</param>
public sealed record ReservationState(
    string OrderId, string Status, string? ReasonCode, string? Detail, IReadOnlyList<ReservedLine> Lines, DateTimeOffset ChangedAt,
    OrderPlaced? Order);

/// <summary>An invoice, a refusal, or a tombstone, as Invoices' feed has it.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="CustomerId">Customer; empty on a tombstone.</param>
/// <param name="Status">One of <see cref="Invoicing.InvoiceStatuses"/>.</param>
/// <param name="Number">The number as printed; null where none was given out.</param>
/// <param name="CreditNoteNumber">The credit note's; null where none was.</param>
/// <param name="ReasonCode">Why no invoice stands; null where one does.</param>
/// <param name="Detail">The same for people.</param>
/// <param name="TotalCents">Total, in cents.</param>
/// <param name="ChangedAt">Last change.</param>
public sealed record InvoiceState(
    string OrderId, string CustomerId, string Status, string? Number, string? CreditNoteNumber, string? ReasonCode, string? Detail,
    long TotalCents, DateTimeOffset ChangedAt);

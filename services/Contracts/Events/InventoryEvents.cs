namespace Contracts.Events;

/// <summary>All lines of an order are reserved. Carries what Invoices needs, so that it need not wait for the order's own event.</summary>
[EventType("stock.reserved.v1", Topics.Inventory)]
public sealed record StockReserved(string OrderId, string CustomerId, IReadOnlyList<OrderLine> Lines, long TotalCents);

/// <summary>No line of the order is reserved.</summary>
[EventType("stock.rejected.v1", Topics.Inventory)]
public sealed record StockRejected(string OrderId, string ReasonCode, string Detail);

/// <summary>A product was added, renamed, repriced or withdrawn; replicated to Orders, which prices orders from its copy.</summary>
/// <param name="Sku">Product.</param>
/// <param name="Name">For people.</param>
/// <param name="UnitPriceCents">Price of one piece, in cents.</param>
/// <param name="Withdrawn">True once it is no longer sold.</param>
[EventType("product.changed.v1", Topics.Inventory)]
public sealed record ProductChanged(string Sku, string Name, long UnitPriceCents, bool Withdrawn);

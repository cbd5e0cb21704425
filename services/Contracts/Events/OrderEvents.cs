namespace Contracts.Events;

/// <summary>A customer placed an order; version 1 of every order.</summary>
[EventType("order.placed.v1", Topics.Orders)]
public sealed record OrderPlaced(
    string OrderId, string CustomerId, string Pattern, IReadOnlyList<OrderLine> Lines, long TotalCents, DateTimeOffset PlacedAt);

/// <summary>Stock is reserved and the invoice is issued: the order stands.</summary>
[EventType("order.confirmed.v1", Topics.Orders)]
public sealed record OrderConfirmed(string OrderId, string InvoiceNumber);

/// <summary>The order ended without effect; whatever other services did for it is to be undone.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="ReasonCode">One of <see cref="ReasonCodes"/>.</param>
/// <param name="Detail">For people.</param>
[EventType("order.cancelled.v1", Topics.Orders)]
public sealed record OrderCancelled(string OrderId, string ReasonCode, string Detail);

namespace Contracts.Ordering;

/// <summary>An order's states.</summary>
public static class OrderStatuses
{
    /// <summary>Accepted; the other services have not all answered yet.</summary>
    public const string Pending = "Pending";

    /// <summary>Stock reserved, invoice issued.</summary>
    public const string Confirmed = "Confirmed";

    /// <summary>Ended without effect; never leaves this state.</summary>
    public const string Cancelled = "Cancelled";
}

/// <summary>Answer to GET /orders/{id}.</summary>
public sealed record OrderDetails(
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
    DateTimeOffset ChangedAt);

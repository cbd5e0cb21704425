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
    DateTimeOffset ChangedAt,
    OrderAttention? Attention = null);

/// <summary>
/// The order is decided, but another service could not be brought in line with it (pattern workflow): an operator removes the cause and
/// asks for another try, POST /orders/{id}/retry.
/// </summary>
/// <param name="Step">The step that failed, or several, separated by commas.</param>
/// <param name="Reason">What its last attempt met with, for people.</param>
/// <param name="Since">Since when.</param>
public sealed record OrderAttention(string Step, string Reason, DateTimeOffset Since);

using System.Globalization;
using Contracts.Stock;

namespace Contracts.Snapshots;

/// <summary>A page of a listing in key order; ask again with <c>after={Next}</c> until it is null.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// What a service can say about itself at once. GET /progress of every service; the gateway offers it as
/// GET /services/{service}/progress.
/// </summary>
/// <param name="Unsettled">
/// Aggregates that wait for another service: orders Pending, or decided and being carried out by a SettleOrder; reservations held and
/// not yet shipped.
/// </param>
/// <param name="OutboxDepth">Messages committed and not yet published.</param>
/// <param name="DuplicatesSuppressed">Redelivered messages that the inbox acknowledged without effect.</param>
/// <param name="DeadLetters">Messages given up and kept, that nobody has replayed or discarded.</param>
/// <param name="NeedsAttention">Orders that wait for an operator (pattern workflow).</param>
/// <param name="Unread">Changes that nobody was told of and that a follower of this service's feed has not read (pattern sync, repairs).</param>
/// <param name="Repaired">Differences to other services that this one has found and healed.</param>
/// <param name="Traffic">What its messages and calls were.</param>
/// <param name="ChangesKept">Changes of other services that could not be applied here; tried again with every synchronization.</param>
/// <param name="Parked">Messages that wait behind a dead letter of their aggregate.</param>
public sealed record ServiceProgress(
    long Unsettled, long OutboxDepth, long DuplicatesSuppressed, long DeadLetters, long NeedsAttention = 0, long Unread = 0, long Repaired = 0,
    ServiceTraffic? Traffic = null, long ChangesKept = 0, long Parked = 0);

/// <summary>A difference to another service that was found and healed. GET /repairs of every service.</summary>
/// <param name="Id">Rises; key of the listing.</param>
/// <param name="Kind">Kind of the record that differed, for example <c>order</c>.</param>
/// <param name="Key">Which one.</param>
/// <param name="Pattern">Pattern of its order; null where it has none.</param>
/// <param name="Found">What was found, for people.</param>
/// <param name="Did">What was done about it, for people.</param>
/// <param name="LateMs">How long after the change that had not arrived, in milliseconds.</param>
/// <param name="RepairedAt">When.</param>
public sealed record RepairEntry(
    long Id, string Kind, string Key, string? Pattern, string Found, string Did, long LateMs, DateTimeOffset RepairedAt);

/// <summary>An order as Orders has it.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="CustomerId">Customer.</param>
/// <param name="Pattern">Pattern it was placed with.</param>
/// <param name="Status">One of <see cref="Ordering.OrderStatuses"/>.</param>
/// <param name="ReasonCode">Why it was cancelled.</param>
/// <param name="InvoiceNumber">Invoice that confirmed it.</param>
/// <param name="Lines">Lines with the prices used.</param>
/// <param name="TotalCents">Total, in cents.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="ClientWroteAt">Last write of the client (placed or cancelled): convergence counts from here.</param>
/// <param name="ChangedAt">Last change of any kind.</param>
/// <param name="Attention">Why it waits for an operator; null where it does not.</param>
public sealed record OrderSnapshot(
    string OrderId, string CustomerId, string Pattern, string Status, string? ReasonCode, string? InvoiceNumber,
    IReadOnlyList<OrderLine> Lines, long TotalCents, DateTimeOffset PlacedAt, DateTimeOffset ClientWroteAt, DateTimeOffset ChangedAt,
    Ordering.OrderAttention? Attention = null);

/// <summary>A reservation's states.</summary>
public static class ReservationStatuses
{
    /// <summary>Pieces are held for the order.</summary>
    public const string Reserved = "Reserved";

    /// <summary>The order is confirmed; the pieces left.</summary>
    public const string Shipped = "Shipped";

    /// <summary>Undone: the pieces are available again.</summary>
    public const string Released = "Released";

    /// <summary>Nothing was ever held; the reason says why.</summary>
    public const string Rejected = "Rejected";

    /// <summary>The order was cancelled before it was seen (a tombstone): a late order.placed reserves nothing.</summary>
    public const string NeverReserved = "NeverReserved";
}

/// <summary>A reservation as Inventory has it.</summary>
public sealed record ReservationSnapshot(
    string OrderId, string Status, string? ReasonCode, IReadOnlyList<ReservedLine> Lines, DateTimeOffset ChangedAt);

/// <summary>Pieces of one SKU held for one order.</summary>
public sealed record ReservedLine(string Sku, int Quantity);

/// <summary>An invoice (or its refusal, or its tombstone) as Invoices has it.</summary>
/// <param name="OrderId">Order; an order has at most one.</param>
/// <param name="CustomerId">Customer; empty on a tombstone.</param>
/// <param name="Status">One of <see cref="Invoicing.InvoiceStatuses"/>.</param>
/// <param name="Series">Number series, where one was given out.</param>
/// <param name="Number">Position in the series, from 1 without gaps; null where none was given out.</param>
/// <param name="CreditNoteNumber">Position in the credit note series; null where none.</param>
/// <param name="TotalCents">Total, in cents.</param>
/// <param name="ChangedAt">Last change.</param>
public sealed record InvoiceSnapshot(
    string OrderId, string CustomerId, string Status, string? Series, long? Number, long? CreditNoteNumber, long TotalCents, DateTimeOffset ChangedAt)
{
    /// <summary>True if that is this invoice's number as printed, for example <c>INV-00000001</c>.</summary>
    public bool IsNumbered(string? printed) =>
        printed?.LastIndexOf('-') is > 0 and var dash
        && printed[..dash] == Series
        && long.TryParse(printed.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number == Number;
}

/// <summary>A customer's account as Invoices has it.</summary>
public sealed record AccountSnapshot(string CustomerId, long CreditLimitCents, long OpenCents);

/// <summary>An order as the gateway's view has it; what it has not heard of yet is null.</summary>
/// <param name="OrderId">Order.</param>
/// <param name="Status">The order's status; null where only other services have told of it.</param>
/// <param name="ChangedAt">The order's last change.</param>
/// <param name="Reservation">What Inventory did.</param>
/// <param name="Invoice">What Invoices did.</param>
public sealed record OrderViewSnapshot(
    string OrderId, string? Status, DateTimeOffset? ChangedAt, Ordering.OrderReservation? Reservation, Ordering.OrderInvoice? Invoice);

/// <summary>A page of the view's rows, in key order.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">Ask again with <c>after={Next}</c> until it is null.</param>
/// <param name="AsOf">The page has everything that the three services had committed by then (UTC).</param>
public sealed record OrderViewSnapshotPage(IReadOnlyList<OrderViewSnapshot> Items, string? Next, DateTimeOffset AsOf);

/// <summary>A replica of a customer profile.</summary>
/// <param name="CustomerId">Customer.</param>
/// <param name="Version">The replica's version vector in text form.</param>
/// <param name="CreditLimitCents">The credit limit that counts there; null where nobody set one.</param>
/// <param name="Document">The whole replicated state: the same bytes on every replica that knows the same writes.</param>
public sealed record CustomerSnapshot(string CustomerId, string Version, long? CreditLimitCents, string Document);

/// <summary>The three databases side by side, as the audit takes them, and what the gateway's view makes of them.</summary>
/// <param name="Orders">Orders.</param>
/// <param name="Stock">Inventory's products.</param>
/// <param name="Reservations">Inventory's reservations.</param>
/// <param name="Invoices">Invoices.</param>
/// <param name="Accounts">Invoices' accounts.</param>
public sealed record SystemSnapshot(
    IReadOnlyList<OrderSnapshot> Orders,
    IReadOnlyList<StockLevel> Stock,
    IReadOnlyList<ReservationSnapshot> Reservations,
    IReadOnlyList<InvoiceSnapshot> Invoices,
    IReadOnlyList<AccountSnapshot> Accounts)
{
    /// <summary>Orders' copy of Inventory's products; null where it was not taken, and is then not judged.</summary>
    public IReadOnlyList<CatalogItem>? Catalog { get; init; }

    /// <summary>Orders' replica of the customers; null where it was not taken.</summary>
    public IReadOnlyList<CustomerSnapshot>? Customers { get; init; }

    /// <summary>Invoices' replica of the customers; null where it was not taken.</summary>
    public IReadOnlyList<CustomerSnapshot>? BillingCustomers { get; init; }

    /// <summary>The gateway's view of orders, not older than the others; null where it was not taken.</summary>
    public IReadOnlyList<OrderViewSnapshot>? OrderView { get; init; }
}

using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;

namespace Tests.Unit.Consistency.Auditing;

/// <summary>
/// Three databases that agree: c1 and c2 stand, v1 was cancelled after confirmation, r1 had no stock, f1 no credit, t1
/// was cancelled before anyone else saw it, p1 has just been placed.
/// </summary>
internal static class CleanSystem
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static SystemSnapshot Create() => new(
        [
            Order(
                "c1", OrderStatuses.Confirmed, null, new OrderLine("apple", 2, 100, 1),
                new OrderLine("pear", 1, 50, 1)) with { InvoiceNumber = "A-00000001" },
            Order("c2", OrderStatuses.Confirmed, null, new OrderLine("apple", 1, 100, 1)) with { InvoiceNumber = "A-00000003" },
            Order("v1", OrderStatuses.Cancelled, ReasonCodes.CustomerCancelled, new OrderLine("apple", 1, 100, 1))
                with { InvoiceNumber = "A-00000002" },
            Order("r1", OrderStatuses.Cancelled, ReasonCodes.OutOfStock, new OrderLine("pear", 500, 50, 1)),
            Order("f1", OrderStatuses.Cancelled, ReasonCodes.CreditLimit, new OrderLine("apple", 5, 100, 1)),
            Order("t1", OrderStatuses.Cancelled, ReasonCodes.CustomerCancelled, new OrderLine("pear", 1, 50, 1)),
            Order("p1", OrderStatuses.Pending, null, new OrderLine("pear", 2, 50, 1)),
        ],
        [
            new StockLevel(
                "apple", "Apple", 100, false, Received: 100, Available: 97, Reserved: 0, Shipped: 3, Version: 9),
            new StockLevel("pear", "Pear", 50, false, Received: 10, Available: 7, Reserved: 2, Shipped: 1, Version: 4),
        ],
        [
            Reservation("c1", ReservationStatuses.Shipped, new ReservedLine("pear", 1), new ReservedLine("apple", 2)),
            Reservation("c2", ReservationStatuses.Shipped, new ReservedLine("apple", 1)),
            Reservation("v1", ReservationStatuses.Released, new ReservedLine("apple", 1)),
            Reservation("r1", ReservationStatuses.Rejected),
            Reservation("f1", ReservationStatuses.Released, new ReservedLine("apple", 5)),
            Reservation("t1", ReservationStatuses.NeverReserved),
            Reservation("p1", ReservationStatuses.Reserved, new ReservedLine("pear", 2)),
        ],
        [
            Invoice("c1", InvoiceStatuses.Issued, 1, null, 250),
            Invoice("c2", InvoiceStatuses.Issued, 3, null, 100),
            Invoice("v1", InvoiceStatuses.Voided, 2, 1, 100),
            Invoice("r1", InvoiceStatuses.NeverIssued, null, null, 0),
            Invoice("f1", InvoiceStatuses.Refused, null, null, 500),
            Invoice("t1", InvoiceStatuses.NeverIssued, null, null, 0),
        ],
        [new AccountSnapshot("ann", 1000, 350), new AccountSnapshot("bob", 1000, 0)])
    {
        Catalog = [new CatalogItem("apple", "Apple", 100, false, 9), new CatalogItem("pear", "Pear", 50, false, 4)],
    };

    public static OrderSnapshot Order(string id, string status, string? reason, params OrderLine[] lines) => new(
        id, "ann", Patterns.Events, status, reason, null, lines, lines.Sum(l => l.Quantity * l.UnitPriceCents),
        Now.AddSeconds(-30), Now.AddSeconds(-30), Now.AddSeconds(-29));

    public static ReservationSnapshot Reservation(string orderId, string status, params ReservedLine[] lines) =>
        new(orderId, status, null, lines, Now.AddSeconds(-29));

    public static InvoiceSnapshot Invoice(string orderId, string status, long? number, long? creditNote, long totalCents) =>
        new(orderId, "ann", status, number is null ? null : "A", number, creditNote, totalCents, Now.AddSeconds(-28));

    /// <summary>The list with one element changed.</summary>
    public static IReadOnlyList<T> With<T>(this IReadOnlyList<T> list, Func<T, bool> which, Func<T, T> change)
    {
        list.Count(which).ShouldBe(1, "a test breaks exactly one row");
        return [.. list.Select(item => which(item) ? change(item) : item)];
    }

    /// <summary>The list without one element.</summary>
    public static IReadOnlyList<T> Without<T>(this IReadOnlyList<T> list, Func<T, bool> which)
    {
        list.Count(which).ShouldBe(1, "a test breaks exactly one row");
        return [.. list.Where(item => !which(item))];
    }
}

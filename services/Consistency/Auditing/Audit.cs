using Consistency.Auditing.Rules;
using Contracts.Snapshots;

namespace Consistency.Auditing;

/// <summary>
/// Says whether the three databases agree. A pure function: the same snapshots and options give the same report. It
/// judges a system at rest; while messages are on their way, services differ by design.
/// </summary>
public static class Audit
{
    private static readonly IAuditRule[] Rules =
    [
        new StockConserved(), new StockMatchesReservations(), new CatalogEqualsProducts(),
        new OrderTotal(), new PriceVersionExisted(),
        new ConfirmedHasReservation(), new ConfirmedHasInvoice(), new CancelledIsUndone(), new PendingIsNotShipped(), new NoOrphans(),
        new InvoiceNumberAgrees(), new NumbersGapless(), new CreditNotesGapless(), new VoidedHasCreditNote(), new VoidedOverTheOrder(),
        new AccountOpenAmount(), new CustomersEqual(), new AccountFollowsProfile(),
        new NothingWaitsTooLong(), new NothingNeedsAttention(), new AcknowledgedExists(), new NothingUnsent(), new ExpectedOutcome(),
        new ViewAgrees(),
    ];

    // What services copy from each other, order or no order.
    private static readonly IAuditRule[] Copies = [new CatalogEqualsProducts(), new CustomersEqual()];

    /// <summary>Keys of the records, products and customers, that one service has otherwise than another: no defect as long as it passes.</summary>
    public static IReadOnlyList<string> FindStaleCopies(SystemSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var view = new AuditView(snapshot, new AuditOptions(DateTimeOffset.UnixEpoch));
        return [.. Copies.SelectMany(rule => rule.Check(view)).Select(found => found.Subject)];
    }

    /// <summary>Checks every rule on the snapshots.</summary>
    public static AuditReport Run(SystemSnapshot snapshot, AuditOptions options)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(options);
        var view = new AuditView(snapshot, options);
        var rows = snapshot.Orders.Count + snapshot.Stock.Count + snapshot.Reservations.Count
            + snapshot.Invoices.Count + snapshot.Accounts.Count + (snapshot.Catalog?.Count ?? 0)
            + (snapshot.Customers?.Count ?? 0) + (snapshot.BillingCustomers?.Count ?? 0) + (snapshot.OrderView?.Count ?? 0);
        var violations = Rules.SelectMany(
            rule => rule.Check(view).Select(found => new Violation(rule.Name, found.Subject, found.Detail)));
        return new AuditReport(rows, [.. violations]);
    }
}

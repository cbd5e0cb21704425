using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Invoices.Invoicing;
using Invoices.Storage;

namespace Invoices.Reconciling;

/// <summary>
/// Brings the invoice in line with what Orders' feed says of the order: the way of pattern <c>sync</c>, and the repair of the others. Orders
/// tells as well that the stock is reserved (it reads Inventory's feed), so that one feed has everything. A state that is read twice or late
/// changes nothing: an order only ever goes from Pending to Confirmed to Cancelled, and a void is final.
/// </summary>
internal static class OrderReconciling
{
    public static void Reconcile(UnitOfWork<InvoicesDb> work, OrderState order, DateTimeOffset changedAt, InvoiceBook book)
    {
        var invoice = work.Db.FindInvoice(order.OrderId);
        switch (order.Status, invoice?.Status)
        {
            // In pattern workflow the orchestrator asks for it, or is asked for by Orders where it is lost.
            case (OrderStatuses.Pending, null) when order.StockReserved && order.Pattern != Patterns.Workflow:
                var added = book.Add(work, order.OrderId, order.CustomerId, order.TotalCents);
                added.Pulled = true;
                InvoicingEvents.Announce(work, order.Pattern, added);
                Record(work, order, "the stock reserved, no invoice was here", added.FormattedNumber ?? "refused", changedAt);
                break;

            // Refused: this database was put back, and the order came once more, when its customer's credit was used up otherwise. Unless it is
            // known to be cancelled since.
            case (OrderStatuses.Confirmed, null or InvoiceStatuses.Refused) when order.Version > (invoice?.OrderVersion ?? 0):
                var issued = book.AddRegardless(work, invoice, order.OrderId, order.CustomerId, order.TotalCents);
                issued.Pulled = true;
                RepairLog.Record(
                    work,
                    FeedKinds.Invoice,
                    order.OrderId,
                    order.Pattern,
                    $"the order is Confirmed with {order.InvoiceNumber}, {(invoice is null ? "no invoice is here" : "the invoice was refused")}",
                    $"issued as {issued.FormattedNumber}",
                    changedAt);
                break;

            case (OrderStatuses.Cancelled, null or InvoiceStatuses.Issued):
                var (undone, isVoidedNow) = InvoiceBook.Undo(
                    work, order.OrderId, Newer(order, invoice), order.Detail ?? order.ReasonCode!);
                InvoicingEvents.AnnounceVoid(work, order.Pattern, undone, isVoidedNow);
                Record(
                    work,
                    order,
                    isVoidedNow ? $"{undone.FormattedNumber} stood" : "nothing was known of it",
                    isVoidedNow ? $"voided by {undone.FormattedCreditNoteNumber}" : "remembered",
                    changedAt);
                break;

            // Remembered, so that an earlier state of the order that comes late issues nothing.
            case (OrderStatuses.Cancelled, InvoiceStatuses.Refused):
                invoice!.OrderVersion = Newer(order, invoice);
                break;

            default:
                Expose(order, invoice);
                break;
        }
    }

    // Nothing is to be done here, but Orders may not know what is. Once per invoice, so that the two never go round in circles.
    private static void Expose(OrderState order, Invoice? invoice)
    {
        var isAwaited = order.Status == OrderStatuses.Pending && (order.Healing || order.Pattern == Patterns.Sync);
        var differs = order.Status == OrderStatuses.Confirmed
            && invoice is not null && (invoice.Status != InvoiceStatuses.Issued || invoice.FormattedNumber != order.InvoiceNumber);
        if (invoice is { Pulled: false } && (isAwaited || differs))
        {
            invoice.Pulled = true;
        }
    }

    private static long Newer(OrderState order, Invoice? invoice) => Math.Max(order.Version, invoice?.OrderVersion ?? 0);

    // In pattern sync this is the way, in the others something was lost.
    private static void Record(UnitOfWork<InvoicesDb> work, OrderState order, string found, string did, DateTimeOffset changedAt)
    {
        if (order.Pattern != Patterns.Sync)
        {
            RepairLog.Record(work, FeedKinds.Invoice, order.OrderId, order.Pattern, $"the order is {order.Status}, {found}", did, changedAt);
        }
    }
}

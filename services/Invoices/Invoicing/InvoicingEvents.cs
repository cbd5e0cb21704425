using Consistency.Storage;
using Consistency.Versions;
using Contracts;
using Contracts.Events;
using Contracts.Invoicing;
using Invoices.Accounts;
using Invoices.Storage;
using ServiceDefaults.Messaging;

namespace Invoices.Invoicing;

/// <summary>
/// Invoices' side of the choreography: issues when stock is reserved, unless credit forbids; voids by a credit note when the order
/// is cancelled.
/// </summary>
internal static class InvoicingEvents
{
    public static void MapInvoicing(this WebApplication app)
    {
        var credit = app.Services.GetRequiredService<CreditPolicy>();
        app.MapEvent<InvoicesDb, StockReserved>((work, message) => On(work, message, credit));
        app.MapEvent<InvoicesDb, OrderCancelled>(On);
    }

    public static void On(UnitOfWork<InvoicesDb> work, Received<StockReserved> message, CreditPolicy credit)
    {
        var reserved = message.Data;
        if (work.Db.FindInvoice(reserved.OrderId) is not null)
        {
            // An order is invoiced at most once; a tombstone says that it was cancelled meanwhile.
            return;
        }

        var invoice = InvoiceBook.Add(work, reserved.OrderId, reserved.CustomerId, reserved.TotalCents, credit);
        if (invoice.Status == InvoiceStatuses.Issued)
        {
            work.Publish(invoice.OrderId, invoice.Version, new InvoiceIssued(invoice.OrderId, invoice.FormattedNumber!, invoice.TotalCents));
        }
        else
        {
            work.Publish(invoice.OrderId, invoice.Version, new InvoiceRefused(invoice.OrderId, ReasonCodes.CreditLimit, invoice.Detail!));
        }
    }

    public static void On(UnitOfWork<InvoicesDb> work, Received<OrderCancelled> message)
    {
        var (orderId, _, detail) = message.Data;
        if (Incoming.Judge(work.Db.FindInvoice(orderId)?.OrderVersion ?? 0, message.Version) == Arrival.Stale)
        {
            return;
        }

        var (invoice, isVoidedNow) = InvoiceBook.Undo(work, orderId, message.Version, detail);
        if (isVoidedNow)
        {
            work.Publish(orderId, invoice.Version, new InvoiceVoided(orderId, invoice.FormattedNumber!, invoice.FormattedCreditNoteNumber!));
        }
    }
}

using Consistency.Storage;
using Consistency.Versions;
using Contracts;
using Contracts.Events;
using Contracts.Invoicing;
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
        var book = app.Services.GetRequiredService<InvoiceBook>();
        app.MapEvent<InvoicesDb, StockReserved>((work, message) => On(work, message, book));
        app.MapEvent<InvoicesDb, OrderCancelled>(On);
    }

    public static void On(UnitOfWork<InvoicesDb> work, Received<StockReserved> message, InvoiceBook book)
    {
        var reserved = message.Data;
        if (work.Db.FindInvoice(reserved.OrderId) is not null)
        {
            // An order is invoiced at most once; a tombstone says that it was cancelled meanwhile.
            return;
        }

        Announce(work, Patterns.Events, book.Add(work, reserved.OrderId, reserved.CustomerId, reserved.TotalCents));
    }

    public static void On(UnitOfWork<InvoicesDb> work, Received<OrderCancelled> message)
    {
        var (orderId, _, detail) = message.Data;
        if (Incoming.Judge(work.Db.FindInvoice(orderId)?.OrderVersion ?? 0, message.Version) == Arrival.Stale)
        {
            return;
        }

        var (invoice, isVoidedNow) = InvoiceBook.Undo(work, orderId, message.Version, detail);
        AnnounceVoid(work, Patterns.Events, invoice, isVoidedNow);
    }

    /// <summary>Says what came of an order, in the pattern in which somebody listens.</summary>
    public static void Announce(UnitOfWork<InvoicesDb> work, string pattern, Invoice invoice)
    {
        if (pattern != Patterns.Events)
        {
            return;
        }

        if (invoice.Status == InvoiceStatuses.Issued)
        {
            work.Publish(invoice.OrderId, invoice.Version, new InvoiceIssued(invoice.OrderId, invoice.FormattedNumber!, invoice.TotalCents));
        }
        else
        {
            work.Publish(invoice.OrderId, invoice.Version, new InvoiceRefused(invoice.OrderId, ReasonCodes.CreditLimit, invoice.Detail!));
        }
    }

    /// <summary>Says that a credit note was written, in the pattern in which somebody listens.</summary>
    public static void AnnounceVoid(UnitOfWork<InvoicesDb> work, string pattern, Invoice invoice, bool isVoidedNow)
    {
        if (isVoidedNow && pattern == Patterns.Events)
        {
            work.Publish(
                invoice.OrderId,
                invoice.Version,
                new InvoiceVoided(invoice.OrderId, invoice.FormattedNumber!, invoice.FormattedCreditNoteNumber!));
        }
    }
}

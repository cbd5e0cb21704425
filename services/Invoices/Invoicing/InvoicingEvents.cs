using Consistency.Storage;
using Consistency.Versions;
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

        var account = credit.AccountOf(work.Db, reserved.CustomerId);
        if (CreditPolicy.FindRefusal(account, reserved.TotalCents) is { } refusal)
        {
            InvoiceBook.Refuse(work, reserved, refusal);
        }
        else
        {
            InvoiceBook.Issue(work, reserved, account);
        }
    }

    public static void On(UnitOfWork<InvoicesDb> work, Received<OrderCancelled> message)
    {
        var invoice = work.Db.FindInvoice(message.Data.OrderId);
        if (invoice is null)
        {
            InvoiceBook.AddTombstone(work, message.Data.OrderId, message.Version, message.Data.Detail);
        }
        else if (Incoming.Judge(invoice.OrderVersion, message.Version) != Arrival.Stale)
        {
            invoice.OrderVersion = message.Version;
            if (invoice.Status == InvoiceStatuses.Issued)
            {
                InvoiceBook.Void(work, invoice, message.Data.Detail);
            }
        }
    }
}

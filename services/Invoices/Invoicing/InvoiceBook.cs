using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Contracts.Invoicing;
using Invoices.Storage;

namespace Invoices.Invoicing;

/// <summary>Writes invoices and credit notes. Nothing is ever deleted.</summary>
internal static class InvoiceBook
{
    public static void Issue(UnitOfWork<InvoicesDb> work, StockReserved reserved, Account account)
    {
        var number = NumberSeries.Next(work.Db, NumberSeries.Invoices);
        var invoice = new Invoice
        {
            OrderId = reserved.OrderId,
            CustomerId = reserved.CustomerId,
            Status = InvoiceStatuses.Issued,
            Series = NumberSeries.Invoices,
            Number = number,
            TotalCents = reserved.TotalCents,
            ChangedAt = work.Now,
        };
        work.Db.Invoices.Add(invoice);
        account.OpenCents += invoice.TotalCents;
        work.Publish(
            invoice.OrderId, invoice.Version, new InvoiceIssued(invoice.OrderId, NumberSeries.Format(NumberSeries.Invoices, number), invoice.TotalCents));
    }

    public static void Refuse(UnitOfWork<InvoicesDb> work, StockReserved reserved, string detail)
    {
        var invoice = new Invoice
        {
            OrderId = reserved.OrderId,
            CustomerId = reserved.CustomerId,
            Status = InvoiceStatuses.Refused,
            Detail = detail,
            TotalCents = reserved.TotalCents,
            ChangedAt = work.Now,
        };
        work.Db.Invoices.Add(invoice);
        work.Publish(invoice.OrderId, invoice.Version, new InvoiceRefused(invoice.OrderId, ReasonCodes.CreditLimit, detail));
    }

    public static void Void(UnitOfWork<InvoicesDb> work, Invoice invoice, string detail)
    {
        invoice.Status = InvoiceStatuses.Voided;
        invoice.Detail = detail;
        invoice.CreditNoteNumber = NumberSeries.Next(work.Db, NumberSeries.CreditNotes);
        invoice.Version++;
        invoice.ChangedAt = work.Now;
        var account = work.Db.FindAccount(invoice.CustomerId)
            ?? throw new InvalidOperationException($"Invoice of order '{invoice.OrderId}' has no account '{invoice.CustomerId}'.");
        account.OpenCents -= invoice.TotalCents;
        work.Publish(
            invoice.OrderId,
            invoice.Version,
            new InvoiceVoided(
                invoice.OrderId,
                NumberSeries.Format(invoice.Series!, invoice.Number!.Value),
                NumberSeries.Format(NumberSeries.CreditNotes, invoice.CreditNoteNumber.Value)));
    }

    /// <summary>Remembers a cancellation that came first, so that a late reservation issues nothing.</summary>
    public static void AddTombstone(UnitOfWork<InvoicesDb> work, string orderId, long orderVersion, string detail) =>
        work.Db.Invoices.Add(new Invoice
        {
            OrderId = orderId,
            CustomerId = "",
            Status = InvoiceStatuses.NeverIssued,
            Detail = detail,
            TotalCents = 0,
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
        });
}

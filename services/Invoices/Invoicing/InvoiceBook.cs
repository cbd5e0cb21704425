using Consistency.Storage;
using Contracts.Invoicing;
using Invoices.Accounts;
using Invoices.Storage;

namespace Invoices.Invoicing;

/// <summary>
/// Writes invoices and credit notes. Nothing is ever deleted. Knows nothing of messages: in pattern <c>events</c> its callers announce
/// what came of it, in pattern <c>workflow</c> they answer with it.
/// </summary>
internal static class InvoiceBook
{
    /// <summary>Order version of what an orchestrator asks for: it numbers nothing, the invoice's state alone decides.</summary>
    public const long Unversioned = 0;

    /// <summary>Issues an invoice, or records that credit forbids it. For an order that has no row yet.</summary>
    public static Invoice Add(UnitOfWork<InvoicesDb> work, string orderId, string customerId, long totalCents, CreditPolicy credit)
    {
        var account = credit.AccountOf(work.Db, customerId);
        if (CreditPolicy.FindRefusal(account, totalCents) is { } refusal)
        {
            return work.Db.Invoices.Add(new Invoice
            {
                OrderId = orderId,
                CustomerId = customerId,
                Status = InvoiceStatuses.Refused,
                Detail = refusal,
                TotalCents = totalCents,
                ChangedAt = work.Now,
            }).Entity;
        }

        account.OpenCents += totalCents;
        return work.Db.Invoices.Add(new Invoice
        {
            OrderId = orderId,
            CustomerId = customerId,
            Status = InvoiceStatuses.Issued,
            Series = NumberSeries.Invoices,
            Number = NumberSeries.Next(work.Db, NumberSeries.Invoices),
            TotalCents = totalCents,
            ChangedAt = work.Now,
        }).Entity;
    }

    /// <summary>
    /// Voids an issued invoice by a credit note. Where none was asked for yet, a tombstone remembers it, so that a late request issues
    /// nothing.
    /// </summary>
    /// <returns>The row, and whether a credit note was written now.</returns>
    public static (Invoice Invoice, bool IsVoidedNow) Undo(UnitOfWork<InvoicesDb> work, string orderId, long orderVersion, string detail)
    {
        if (work.Db.FindInvoice(orderId) is not { } invoice)
        {
            return (AddTombstone(work, orderId, orderVersion, detail), false);
        }

        invoice.OrderVersion = orderVersion;
        if (invoice.Status != InvoiceStatuses.Issued)
        {
            return (invoice, false);
        }

        Void(work, invoice, detail);
        return (invoice, true);
    }

    private static void Void(UnitOfWork<InvoicesDb> work, Invoice invoice, string detail)
    {
        invoice.Status = InvoiceStatuses.Voided;
        invoice.Detail = detail;
        invoice.CreditNoteNumber = NumberSeries.Next(work.Db, NumberSeries.CreditNotes);
        invoice.Version++;
        invoice.ChangedAt = work.Now;
        var account = work.Db.FindAccount(invoice.CustomerId)
            ?? throw new InvalidOperationException($"Invoice of order '{invoice.OrderId}' has no account '{invoice.CustomerId}'.");
        account.OpenCents -= invoice.TotalCents;
    }

    private static Invoice AddTombstone(UnitOfWork<InvoicesDb> work, string orderId, long orderVersion, string detail) =>
        work.Db.Invoices.Add(new Invoice
        {
            OrderId = orderId,
            CustomerId = "",
            Status = InvoiceStatuses.NeverIssued,
            Detail = detail,
            TotalCents = 0,
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
        }).Entity;
}

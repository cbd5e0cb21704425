using Consistency.Storage;
using Contracts.Invoicing;
using Invoices.Accounts;
using Invoices.Storage;

namespace Invoices.Invoicing;

/// <summary>
/// Writes invoices and credit notes. Nothing is ever deleted. What came of it is announced in pattern <c>events</c>; in pattern
/// <c>workflow</c> the caller is answered with it, in pattern <c>sync</c> Orders reads it.
/// </summary>
/// <param name="credit">Who may run up a bill.</param>
/// <param name="series">Number series of new invoices.</param>
internal sealed class InvoiceBook(CreditPolicy credit, string series = NumberSeries.Invoices)
{
    /// <summary>Order version of what an orchestrator asks for: it numbers nothing, the invoice's state alone decides.</summary>
    public const long Unversioned = 0;

    /// <summary>Issues an invoice, or records that credit forbids it. For an order that has no row yet.</summary>
    public Invoice Add(UnitOfWork<InvoicesDb> work, string orderId, string customerId, long totalCents)
    {
        var account = credit.AccountOf(work.Db, customerId);
        var refusal = CreditPolicy.FindRefusal(account, totalCents);
        var invoice = work.Db.Invoices.Add(new Invoice
        {
            OrderId = orderId,
            CustomerId = customerId,
            Status = InvoiceStatuses.Refused,
            Detail = refusal,
            TotalCents = totalCents,
            ChangedAt = work.Now,
        }).Entity;
        if (refusal is null)
        {
            Issue(work, invoice, account);
        }

        return invoice;
    }

    /// <summary>
    /// Issues the invoice that an order was confirmed with, and which this database has lost. Whatever the credit: the goods are on their way.
    /// </summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="refused">The order's row, where there is one: a refusal.</param>
    /// <param name="orderId">Order.</param>
    /// <param name="customerId">Who pays.</param>
    /// <param name="totalCents">Total, in cents.</param>
    public Invoice AddRegardless(UnitOfWork<InvoicesDb> work, Invoice? refused, string orderId, string customerId, long totalCents)
    {
        var invoice = refused ?? work.Db.Invoices.Add(new Invoice
        {
            OrderId = orderId,
            CustomerId = customerId,
            Status = InvoiceStatuses.Refused,
            TotalCents = totalCents,
            ChangedAt = work.Now,
        }).Entity;
        Issue(work, invoice, credit.AccountOf(work.Db, invoice.CustomerId));
        if (refused is not null)
        {
            invoice.Version++;
        }

        return invoice;
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

    private void Issue(UnitOfWork<InvoicesDb> work, Invoice invoice, Account account)
    {
        account.OpenCents += invoice.TotalCents;
        (invoice.Status, invoice.Detail, invoice.ChangedAt) = (InvoiceStatuses.Issued, null, work.Now);
        (invoice.Series, invoice.Number) = (series, NumberSeries.Next(work.Db, series));
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

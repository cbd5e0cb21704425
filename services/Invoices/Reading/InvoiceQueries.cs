using Consistency.Storage;
using Contracts.Snapshots;
using Invoices.Storage;
using ServiceDefaults.Problems;

namespace Invoices.Reading;

internal static class InvoiceQueries
{
    public static void MapReading(this WebApplication app)
    {
        app.MapGet("/invoices/{orderId}", (string orderId, Database<InvoicesDb> database) =>
            database.Read(db => db.FindInvoice(orderId)) is { } invoice
                ? TypedResults.Ok(invoice.ToDetails())
                : throw RefusedException.NotFound("invoice for order", orderId));
        app.MapGet("/snapshots/invoices", ListInvoices);
        app.MapGet("/snapshots/accounts", ListAccounts);
    }

    private static Page<InvoiceSnapshot> ListInvoices(string? after, int? limit, Database<InvoicesDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Invoices.Where(i => string.Compare(i.OrderId, start) > 0).OrderBy(i => i.OrderId).Take(size + 1).ToList(),
            size,
            i => i.OrderId,
            i => i.ToSnapshot()));
    }

    private static Page<AccountSnapshot> ListAccounts(string? after, int? limit, Database<InvoicesDb> database)
    {
        var (start, size) = (after ?? "", KeysetPage.Size(limit));
        return database.Read(db => KeysetPage.Of(
            db.Accounts.Where(a => string.Compare(a.CustomerId, start) > 0).OrderBy(a => a.CustomerId).Take(size + 1).ToList(),
            size,
            a => a.CustomerId,
            a => a.ToSnapshot()));
    }
}

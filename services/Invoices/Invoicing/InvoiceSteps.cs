using Consistency.Commands;
using Consistency.Storage;
using Contracts.Invoicing;
using Invoices.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Invoices.Invoicing;

/// <summary>
/// Invoices' side of the orchestration: an orchestrator calls, and is answered with what came of it. A refusal is an answer (200), not an
/// error. Voided and NeverIssued are final, so a late or repeated call changes nothing, whatever order the calls arrive in.
/// </summary>
internal static class InvoiceSteps
{
    public static void MapInvoiceSteps(this WebApplication app)
    {
        var book = app.Services.GetRequiredService<InvoiceBook>();
        app.MapPost("/invoices/{orderId}/issue", (string orderId, IssueRequest request, HttpContext http, WriteQueue<InvoicesDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate(orderId));
            return writes.ExecuteCommandAsync(http, "issue-invoice", request, work => Issue(work, orderId, request, book));
        });
        app.MapPost("/invoices/{orderId}/void", (string orderId, VoidRequest request, HttpContext http, WriteQueue<InvoicesDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate(orderId));
            return writes.ExecuteCommandAsync(http, "void-invoice", request, work => Void(work, orderId, request));
        });
    }

    public static CommandAnswer Issue(UnitOfWork<InvoicesDb> work, string orderId, IssueRequest request, InvoiceBook book) =>
        Answer(work.Db.FindInvoice(orderId) ?? book.Add(work, orderId, request.CustomerId!, request.TotalCents!.Value));

    public static CommandAnswer Void(UnitOfWork<InvoicesDb> work, string orderId, VoidRequest request) =>
        Answer(InvoiceBook.Undo(work, orderId, InvoiceBook.Unversioned, request.Detail!).Invoice);

    private static CommandAnswer Answer(Invoice invoice) => CommandEndpoints.Answer(
        StatusCodes.Status200OK,
        new InvoiceOutcome(invoice.OrderId, invoice.Status, invoice.FormattedNumber, invoice.ReasonCode, invoice.Detail));
}

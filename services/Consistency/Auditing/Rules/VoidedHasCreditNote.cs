using Contracts.Invoicing;

namespace Consistency.Auditing.Rules;

/// <summary>
/// An invoice is voided by a credit note, never erased; and a credit note exists only for a voided invoice.
/// </summary>
internal sealed class VoidedHasCreditNote : IAuditRule
{
    public string Name => "voided-has-credit-note";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var invoice in view.All.Invoices)
        {
            var voided = invoice.Status == InvoiceStatuses.Voided;
            if (voided && invoice.Number is not null && invoice.CreditNoteNumber is null)
            {
                yield return new Finding(
                    invoice.OrderId,
                    $"invoice {invoice.Series} {invoice.Number} is Voided: expected a credit note, found none");
            }
            else if (!voided && invoice.CreditNoteNumber is not null)
            {
                yield return new Finding(
                    invoice.OrderId,
                    $"invoice row is {invoice.Status}: expected no credit note, found number {invoice.CreditNoteNumber}");
            }
        }
    }
}

namespace Consistency.Auditing.Rules;

/// <summary>
/// Credit note numbers run from 1 without gaps and without repetition, in the credit notes of each invoice series.
/// </summary>
internal sealed class CreditNotesGapless : IAuditRule
{
    public string Name => "credit-note-numbers-gapless";

    public IEnumerable<Finding> Check(AuditView view) =>
        NumberSeries.Check(view.All.Invoices
            .Where(i => i.CreditNoteNumber is not null)
            .Select(i => ($"credit notes of {i.Series}", i.CreditNoteNumber!.Value)));
}

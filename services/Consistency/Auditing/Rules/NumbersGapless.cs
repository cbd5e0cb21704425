using Contracts.Invoicing;

namespace Consistency.Auditing.Rules;

/// <summary>
/// Invoice numbers run from 1 without gaps and without repetition in each series, and every Issued invoice has one.
/// </summary>
internal sealed class NumbersGapless : IAuditRule
{
    public string Name => "invoice-numbers-gapless";

    public IEnumerable<Finding> Check(AuditView view) =>
        NumberSeries.Check(
            view.All.Invoices.Where(i => i.Number is not null).Select(i => (i.Series ?? "", i.Number!.Value)))
            .Concat(view.All.Invoices
                .Where(i => i is { Status: InvoiceStatuses.Issued, Number: null })
                .Select(i => new Finding(i.OrderId, "an Issued invoice has a number, found none")));
}

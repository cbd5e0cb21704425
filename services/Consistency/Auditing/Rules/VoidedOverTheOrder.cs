using Contracts.Invoicing;

namespace Consistency.Auditing.Rules;

/// <summary>
/// A voided invoice, and so its credit note, is over its order's total and made out to its customer. Of invoices that stand,
/// <see cref="ConfirmedHasInvoice"/> says so.
/// </summary>
internal sealed class VoidedOverTheOrder : IAuditRule
{
    public string Name => "voided-over-the-order";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var invoice in view.All.Invoices.Where(i => i.Status == InvoiceStatuses.Voided))
        {
            foreach (var order in view.Orders[invoice.OrderId])
            {
                if (invoice.TotalCents != order.TotalCents || invoice.CustomerId != order.CustomerId)
                {
                    yield return new Finding(
                        order.OrderId,
                        $"expected a voided invoice of {order.TotalCents} cents to {order.CustomerId}, found {invoice.TotalCents} to {invoice.CustomerId}");
                }
            }
        }
    }
}

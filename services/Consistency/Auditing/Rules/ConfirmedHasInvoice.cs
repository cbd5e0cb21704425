using Contracts.Invoicing;
using Contracts.Ordering;

namespace Consistency.Auditing.Rules;

/// <summary>A Confirmed order has exactly one invoice: Issued to its customer, over its total.</summary>
internal sealed class ConfirmedHasInvoice : IAuditRule
{
    public string Name => "confirmed-has-invoice";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var order in view.All.Orders.Where(o => o.Status == OrderStatuses.Confirmed))
        {
            var rows = view.Invoices[order.OrderId].ToList();
            if (rows is not [{ Status: InvoiceStatuses.Issued } issued])
            {
                var actual = rows.Count == 0 ? "none" : string.Join(", ", rows.Select(i => i.Status));
                yield return new Finding(order.OrderId, $"Confirmed: expected one Issued invoice, found {actual}");
            }
            else if (issued.TotalCents != order.TotalCents || issued.CustomerId != order.CustomerId)
            {
                yield return new Finding(
                    order.OrderId,
                    $"Confirmed: expected an invoice of {order.TotalCents} cents to {order.CustomerId}, found {issued.TotalCents} to {issued.CustomerId}");
            }
        }
    }
}

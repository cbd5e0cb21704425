using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>
/// Nothing of a Cancelled order is left standing: no reservation Reserved or Shipped, no invoice Issued.
/// </summary>
internal sealed class CancelledIsUndone : IAuditRule
{
    public string Name => "cancelled-is-undone";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var order in view.All.Orders.Where(o => o.Status == OrderStatuses.Cancelled))
        {
            var standing = view.Reservations[order.OrderId]
                .Where(r => r.Status is ReservationStatuses.Reserved or ReservationStatuses.Shipped)
                .Select(r => $"a {r.Status} reservation")
                .Concat(
                    view.Invoices[order.OrderId].Where(i => i.Status == InvoiceStatuses.Issued).Select(_ => "an Issued invoice"))
                .ToList();
            if (standing.Count > 0)
            {
                yield return new Finding(
                    order.OrderId,
                    $"Cancelled ({order.ReasonCode}): expected nothing to stand, found {string.Join(" and ", standing)}");
            }
        }
    }
}

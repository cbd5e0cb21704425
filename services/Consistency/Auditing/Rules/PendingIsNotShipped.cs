using Contracts.Ordering;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>Nothing leaves before the decision: the reservation of a Pending order is not Shipped, whatever else has come of it so far.</summary>
internal sealed class PendingIsNotShipped : IAuditRule
{
    public string Name => "pending-is-not-shipped";

    public IEnumerable<Finding> Check(AuditView view) =>
        view.All.Orders
            .Where(o => o.Status == OrderStatuses.Pending
                && view.Reservations[o.OrderId].Any(r => r.Status == ReservationStatuses.Shipped))
            .Select(o => new Finding(o.OrderId, "Pending: expected nothing to have left, found a Shipped reservation"));
}

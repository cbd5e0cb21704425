using Contracts.Ordering;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>No order is Pending, and no reservation Reserved, for longer than the objective.</summary>
internal sealed class NothingWaitsTooLong : IAuditRule
{
    public string Name => "nothing-waits-too-long";

    public IEnumerable<Finding> Check(AuditView view)
    {
        var oldest = view.Options.Now - view.Options.Objective;
        return view.All.Orders
            .Where(o => o.Status == OrderStatuses.Pending && o.PlacedAt < oldest)
            .Select(o => Late(o.OrderId, o.Status, view.Options, o.PlacedAt))
            .Concat(view.All.Reservations
                .Where(r => r.Status == ReservationStatuses.Reserved && r.ChangedAt < oldest)
                .Select(r => Late(r.OrderId, r.Status, view.Options, r.ChangedAt)));
    }

    private static Finding Late(string orderId, string status, AuditOptions options, DateTimeOffset since) =>
        new(
            orderId,
            $"{status} for {(options.Now - since).TotalSeconds:0} s, the objective is {options.Objective.TotalSeconds:0} s");
}

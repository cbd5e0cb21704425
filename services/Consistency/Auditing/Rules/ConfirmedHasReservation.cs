using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>A Confirmed order has exactly one reservation: Shipped, with the order's lines.</summary>
internal sealed class ConfirmedHasReservation : IAuditRule
{
    public string Name => "confirmed-has-reservation";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var order in view.All.Orders.Where(o => o.Status == OrderStatuses.Confirmed))
        {
            var rows = view.Reservations[order.OrderId].ToList();
            if (rows is not [{ Status: ReservationStatuses.Shipped } shipped])
            {
                var actual = rows.Count == 0 ? "none" : string.Join(", ", rows.Select(r => r.Status));
                yield return new Finding(order.OrderId, $"Confirmed: expected one Shipped reservation, found {actual}");
            }
            else if (Shown(order.Lines) is var expected && Shown(shipped.Lines) is var actual && expected != actual)
            {
                yield return new Finding(
                    order.OrderId, $"Confirmed: expected {expected} to be shipped, found {actual}");
            }
        }
    }

    private static string Shown(IEnumerable<OrderLine> lines) =>
        Shown(lines.Select(line => new ReservedLine(line.Sku, line.Quantity)));

    private static string Shown(IEnumerable<ReservedLine> lines) =>
        string.Join(" + ", lines.OrderBy(l => l.Sku, StringComparer.Ordinal).Select(l => $"{l.Quantity} x {l.Sku}"));
}

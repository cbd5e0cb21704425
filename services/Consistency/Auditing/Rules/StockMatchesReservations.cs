using Contracts.Snapshots;

namespace Consistency.Auditing.Rules;

/// <summary>The counters of a SKU equal the sums over its reservations, also where the SKU itself is missing.</summary>
internal sealed class StockMatchesReservations : IAuditRule
{
    public string Name => "stock-matches-reservations";

    public IEnumerable<Finding> Check(AuditView view)
    {
        var reserved = PiecesBySku(view, ReservationStatuses.Reserved);
        var shipped = PiecesBySku(view, ReservationStatuses.Shipped);
        foreach (var level in view.All.Stock)
        {
            reserved.Remove(level.Sku, out var expectedReserved);
            shipped.Remove(level.Sku, out var expectedShipped);
            if (level.Reserved != expectedReserved || level.Shipped != expectedShipped)
            {
                yield return new Finding(
                    level.Sku,
                    $"reservations say {expectedReserved} reserved and {expectedShipped} shipped, stock says {level.Reserved} and {level.Shipped}");
            }
        }

        foreach (var (sku, pieces) in reserved.Concat(shipped))
        {
            yield return new Finding(
                sku, $"reservations hold or shipped {pieces} pieces of a SKU that stock does not know");
        }
    }

    private static Dictionary<string, long> PiecesBySku(AuditView view, string status)
    {
        var pieces = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var reservation in view.All.Reservations.Where(r => r.Status == status))
        {
            foreach (var line in reservation.Lines)
            {
                pieces[line.Sku] = pieces.GetValueOrDefault(line.Sku) + line.Quantity;
            }
        }

        return pieces;
    }
}

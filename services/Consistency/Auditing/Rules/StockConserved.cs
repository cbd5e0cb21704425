namespace Consistency.Auditing.Rules;

/// <summary>No piece appears or vanishes: received = available + reserved + shipped, and none is negative.</summary>
internal sealed class StockConserved : IAuditRule
{
    public string Name => "stock-conserved";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var level in view.All.Stock)
        {
            var sum = level.Available + level.Reserved + level.Shipped;
            if (level.Received != sum || level.Available < 0 || level.Reserved < 0 || level.Shipped < 0)
            {
                yield return new Finding(
                    level.Sku,
                    $"received {level.Received}, but available {level.Available} + reserved {level.Reserved} + shipped {level.Shipped} = {sum}");
            }
        }
    }
}

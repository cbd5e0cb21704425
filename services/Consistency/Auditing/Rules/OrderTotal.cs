namespace Consistency.Auditing.Rules;

/// <summary>An order's total equals the sum of its lines.</summary>
internal sealed class OrderTotal : IAuditRule
{
    public string Name => "order-total";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var order in view.All.Orders)
        {
            var sum = order.Lines.Sum(line => line.Quantity * line.UnitPriceCents);
            if (order.TotalCents != sum)
            {
                yield return new Finding(
                    order.OrderId, $"lines sum up to {sum} cents, the order says {order.TotalCents}");
            }
        }
    }
}

namespace Consistency.Auditing.Rules;

/// <summary>No order waits for an operator because a workflow could not bring a service in line with it.</summary>
internal sealed class NothingNeedsAttention : IAuditRule
{
    public string Name => "nothing-needs-attention";

    public IEnumerable<Finding> Check(AuditView view) =>
        view.All.Orders
            .Where(order => order.Attention is not null)
            .Select(order => new Finding(
                order.OrderId,
                $"{order.Status}, needs attention since {order.Attention!.Since:u}: {order.Attention.Step}: {order.Attention.Reason}"));
}

namespace Consistency.Auditing.Rules;

/// <summary>
/// An order ends as the client knows that it must: Cancelled after an acknowledged cancellation, Confirmed where stock
/// and credit are plenty. Without this rule a system that refuses everything would pass.
/// </summary>
internal sealed class ExpectedOutcome : IAuditRule
{
    public string Name => "expected-outcome";

    public IEnumerable<Finding> Check(AuditView view)
    {
        foreach (var (id, expected) in view.Options.ExpectedStatus ?? new Dictionary<string, string>(
            StringComparer.Ordinal))
        {
            foreach (var order in view.Orders[id].Where(o => o.Status != expected))
            {
                yield return new Finding(
                    id,
                    $"expected {expected}, found {order.Status}{(order.ReasonCode is null ? "" : $" ({order.ReasonCode})")}");
            }
        }
    }
}

namespace Consistency.Auditing.Rules;

/// <summary>
/// Nothing is done twice or out of nothing: where the client knows all that it sent, no other order exists.
/// </summary>
internal sealed class NothingUnsent : IAuditRule
{
    public string Name => "nothing-unsent";

    public IEnumerable<Finding> Check(AuditView view) =>
        view.Options.Sent is not { } sent
            ? []
            : view.Orders
                .Where(order => !sent.Contains(order.Key))
                .Select(order => new Finding(order.Key, "Orders has an order that no client was given"));
}

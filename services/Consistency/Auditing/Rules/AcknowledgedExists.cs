namespace Consistency.Auditing.Rules;

/// <summary>Nothing is lost: an order that the client was told is accepted exists.</summary>
internal sealed class AcknowledgedExists : IAuditRule
{
    public string Name => "acknowledged-exists";

    public IEnumerable<Finding> Check(AuditView view) =>
        (view.Options.Acknowledged ?? [])
            .Where(id => !view.Orders.Contains(id))
            .Select(id => new Finding(id, "the client was told that the order is accepted, Orders does not have it"));
}

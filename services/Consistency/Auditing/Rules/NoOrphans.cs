namespace Consistency.Auditing.Rules;

/// <summary>
/// Reservations and invoices belong to an order that Orders knows: an event never outlives the write that caused it.
/// </summary>
internal sealed class NoOrphans : IAuditRule
{
    public string Name => "no-orphans";

    public IEnumerable<Finding> Check(AuditView view) =>
        view.All.Reservations
            .Where(r => !view.Orders.Contains(r.OrderId))
            .Select(r => new Finding(r.OrderId, $"Inventory has a {r.Status} reservation, Orders has no such order"))
            .Concat(view.All.Invoices
                .Where(i => !view.Orders.Contains(i.OrderId))
                .Select(
                    i => new Finding(i.OrderId, $"Invoices has an invoice row {i.Status}, Orders has no such order")));
}

namespace Consistency.Auditing.Rules;

/// <summary>
/// The gateway's view says of every order what its owners say: the same statuses, changed at the same time, with the same invoice numbers.
/// Nothing to check where the view was not read. Its snapshot must not be older than the others.
/// </summary>
internal sealed class ViewAgrees : IAuditRule
{
    private const string Nothing = "nothing";

    public string Name => "view-agrees";

    public IEnumerable<Finding> Check(AuditView view)
    {
        if (view.All.OrderView is not { } rows)
        {
            yield break;
        }

        var known = rows.ToLookup(r => r.OrderId, StringComparer.Ordinal);
        var orderIds = view.Orders.Concat<IGrouping<string, object>>(view.Reservations).Concat(view.Invoices).Concat(known).Select(g => g.Key);
        foreach (var orderId in orderIds.Distinct(StringComparer.Ordinal))
        {
            var owners = Describe(
                view.Orders[orderId].Select(o => $"{o.Status} {Milliseconds(o.ChangedAt)}"),
                view.Reservations[orderId].Select(r => $"{r.Status} {Milliseconds(r.ChangedAt)}"),
                view.Invoices[orderId].Select(i => $"{i.Status} {Milliseconds(i.ChangedAt)} {Digits(i.Number)} {Digits(i.CreditNoteNumber)}"));
            var seen = Describe(
                known[orderId].Where(r => r.Status is not null).Select(r => $"{r.Status} {Milliseconds(r.ChangedAt!.Value)}"),
                known[orderId].Select(r => r.Reservation).OfType<Contracts.Ordering.OrderReservation>()
                    .Select(r => $"{r.Status} {Milliseconds(r.ChangedAt)}"),
                known[orderId].Select(r => r.Invoice).OfType<Contracts.Ordering.OrderInvoice>()
                    .Select(i => $"{i.Status} {Milliseconds(i.ChangedAt)} {Digits(i.Number)} {Digits(i.CreditNoteNumber)}"));
            if (owners != seen)
            {
                yield return new Finding(orderId, $"expected in the view what the owners have ({owners}), found {seen}");
            }
        }
    }

    private static string Describe(IEnumerable<string> orders, IEnumerable<string> reservations, IEnumerable<string> invoices) =>
        $"order: {OrNothing(orders)}, reservation: {OrNothing(reservations)}, invoice: {OrNothing(invoices)}";

    private static string OrNothing(IEnumerable<string> parts) => string.Join(" and ", parts) is { Length: > 0 } some ? some : Nothing;

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    // The owner has a number, the view what is printed: INV-00000012.
    private static string Digits(long? number) => number is { } n ? $"{n:D8}" : "-";

    private static string Digits(string? printed) => printed is null ? "-" : printed[(printed.LastIndexOf('-') + 1)..];
}

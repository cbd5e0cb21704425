using Consistency.Auditing;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Cli.Converging;

/// <summary>An order that the services do not agree on yet, and what each of them says.</summary>
internal sealed record StuckOrder(string OrderId, string Order, string Reservation, string Invoice)
{
    public override string ToString() => $"orders: {Order}, inventory: {Reservation}, invoices: {Invoice}";
}

/// <summary>Which orders have come to their end in all three services, and how long that took.</summary>
/// <param name="Stuck">Orders that have not.</param>
/// <param name="Settled">Orders that have.</param>
/// <param name="StaleCopies">Products and customers that one service has otherwise than another.</param>
internal sealed record Settlement(IReadOnlyList<StuckOrder> Stuck, IReadOnlyList<SettledOrder> Settled, IReadOnlyList<string> StaleCopies)
{
    private const string None = "nothing";

    /// <summary>True where nothing is left to wait for.</summary>
    public bool IsComplete => Stuck.Count == 0 && StaleCopies.Count == 0;

    /// <summary>Looks at the orders that the client was told were accepted.</summary>
    public static Settlement Of(SystemSnapshot snapshot, IEnumerable<string> orderIds)
    {
        var orders = snapshot.Orders.DistinctBy(o => o.OrderId).ToDictionary(o => o.OrderId, StringComparer.Ordinal);
        var reservations = snapshot.Reservations.DistinctBy(r => r.OrderId).ToDictionary(
            r => r.OrderId, StringComparer.Ordinal);
        var invoices = snapshot.Invoices.DistinctBy(i => i.OrderId).ToDictionary(
            i => i.OrderId, StringComparer.Ordinal);
        var stuck = new List<StuckOrder>();
        var settled = new List<SettledOrder>();
        foreach (var id in orderIds)
        {
            var order = orders.GetValueOrDefault(id);
            var reservation = reservations.GetValueOrDefault(id);
            var invoice = invoices.GetValueOrDefault(id);
            if (order is not null && reservation is not null && invoice is not null
                && IsSettled(order.Status, reservation.Status, invoice.Status) && IsNamed(order, invoice))
            {
                settled.Add(
                    new SettledOrder(order.Pattern, order.Status, ConvergeMilliseconds(order, reservation, invoice)));
            }
            else
            {
                stuck.Add(
                    new StuckOrder(id, order?.Status ?? None, reservation?.Status ?? None, invoice?.Status ?? None));
            }
        }

        return new Settlement(stuck, settled, Audit.FindStaleCopies(snapshot));
    }

    /// <summary>Whether the three statuses of an order are an end from which nothing moves by itself.</summary>
    public static bool IsSettled(string order, string reservation, string invoice) => order switch
    {
        OrderStatuses.Confirmed => reservation == ReservationStatuses.Shipped && invoice == InvoiceStatuses.Issued,
        OrderStatuses.Cancelled =>
            reservation is ReservationStatuses.Released or ReservationStatuses.Rejected or ReservationStatuses.NeverReserved
            && invoice is InvoiceStatuses.Voided or InvoiceStatuses.Refused or InvoiceStatuses.NeverIssued,
        _ => false,
    };

    // After a restored backup an invoice may have got another number, which Orders is still to hear of.
    private static bool IsNamed(OrderSnapshot order, InvoiceSnapshot invoice) =>
        order.Status != OrderStatuses.Confirmed || invoice.IsNumbered(order.InvoiceNumber);

    // From the client's last write to the last change in any service. Never negative: a cancellation of an order that
    // was already undone changes nothing any more.
    private static double ConvergeMilliseconds(
        OrderSnapshot order, ReservationSnapshot reservation, InvoiceSnapshot invoice)
    {
        var last = new[] { order.ChangedAt, reservation.ChangedAt, invoice.ChangedAt }.Max();
        return Math.Max(0, (last - order.ClientWroteAt).TotalMilliseconds);
    }
}

/// <summary>An order that came to its end.</summary>
internal sealed record SettledOrder(string Pattern, string Status, double ConvergeMilliseconds);

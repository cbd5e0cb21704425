using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Snapshots;
using Inventory.Reserving;
using Inventory.Storage;

namespace Inventory.Reconciling;

/// <summary>
/// Brings the reservation in line with what Orders' feed says of the order: the way of pattern <c>sync</c>, and the repair of the others. An
/// order only ever goes from Pending to Confirmed to Cancelled, and what is done here for one of them is not undone for an earlier one: a
/// state that is read twice or late changes nothing.
/// </summary>
internal static class OrderReconciling
{
    public static void Reconcile(UnitOfWork<InventoryDb> work, OrderState order, DateTimeOffset changedAt)
    {
        var reservation = work.Db.FindReservation(order.OrderId);
        switch (order.Status, reservation?.Status)
        {
            // In pattern workflow the orchestrator asks for it, or is asked for by Orders where it is lost.
            case (OrderStatuses.Pending, null) when order.Pattern != Patterns.Workflow:
                var refusal = Reservations.AddAndAnnounce(work, Placed(order), order.Version, isPulled: true);
                Record(work, order, "nothing was reserved", refusal is { } rejected ? $"rejected: {rejected.ReasonCode}" : "reserved", changedAt);
                break;

            case (OrderStatuses.Confirmed, ReservationStatuses.Reserved):
                Reservations.Ship(work, reservation!, Newer(order, reservation));
                Record(work, order, "the pieces were still reserved", "shipped", changedAt);
                break;

            // Rejected: this database was put back, and the order came once more. Unless it is known to be cancelled since.
            case (OrderStatuses.Confirmed, null or ReservationStatuses.Rejected) when order.Version > (reservation?.OrderVersion ?? 0):
                var booked = Reservations.ShipRegardless(work, reservation, Placed(order), order.Version);
                RepairLog.Record(
                    work,
                    FeedKinds.Reservation,
                    order.OrderId,
                    order.Pattern,
                    $"the order is Confirmed, {(reservation is null ? "no reservation is here" : "the reservation was rejected")}",
                    "reserved and shipped" + booked,
                    changedAt);
                break;

            case (OrderStatuses.Cancelled, null or ReservationStatuses.Reserved or ReservationStatuses.Shipped):
                Reservations.Undo(work, order.OrderId, Newer(order, reservation), order.ReasonCode!, Placed(order));
                Record(
                    work,
                    order,
                    reservation is null ? "nothing was known of it" : "the pieces were still held",
                    reservation is null ? "remembered" : "released",
                    changedAt);
                break;

            // Remembered, so that an earlier state of the order that comes late ships nothing.
            case (OrderStatuses.Cancelled, ReservationStatuses.Rejected):
                reservation!.OrderVersion = Newer(order, reservation);
                break;

            default:
                Expose(order, reservation);
                break;
        }

        if (reservation is { Order: null })
        {
            reservation.Order = Placed(order);
        }
    }

    // Nothing is to be done here, but Orders may not know what is. Once per reservation, so that the two never go round in circles.
    private static void Expose(OrderState order, Reservation? reservation)
    {
        var isAwaited = order.Status == OrderStatuses.Pending && (order.Healing || order.Pattern == Patterns.Sync);
        var isUndone = order.Status == OrderStatuses.Confirmed && reservation is { Status: not ReservationStatuses.Shipped };
        if (reservation is { Pulled: false } && (isAwaited || isUndone))
        {
            reservation.Pulled = true;
        }
    }

    private static long Newer(OrderState order, Reservation? reservation) => Math.Max(order.Version, reservation?.OrderVersion ?? 0);

    private static OrderPlaced Placed(OrderState order) =>
        new(order.OrderId, order.CustomerId, order.Pattern, order.Lines, order.TotalCents, order.PlacedAt);

    // In pattern sync this is the way, in the others something was lost.
    private static void Record(UnitOfWork<InventoryDb> work, OrderState order, string found, string did, DateTimeOffset changedAt)
    {
        if (order.Pattern != Patterns.Sync)
        {
            RepairLog.Record(
                work, FeedKinds.Reservation, order.OrderId, order.Pattern, $"the order is {order.Status}, {found}", did, changedAt);
        }
    }
}

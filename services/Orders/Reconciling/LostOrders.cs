using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Snapshots;
using Orders.Settling;
using Orders.Storage;

namespace Orders.Reconciling;

/// <summary>
/// Orders writes an order before it tells anybody: an order that Inventory knows and Orders does not was lost with a database that was put
/// back. Inventory keeps a copy of it.
/// </summary>
internal static class LostOrders
{
    /// <summary>
    /// Brings the order back as the reservation shows it: cancelled where it is undone, else Pending, and its invoice confirms it. Without a
    /// copy nobody knows what was ordered: it is cancelled, so that what others hold for it is undone.
    /// </summary>
    public static void Recreate(UnitOfWork<OrdersDb> work, ReservationState reservation, DateTimeOffset changedAt)
    {
        var copy = reservation.Order;
        var order = work.Db.Orders.Add(new Order
        {
            OrderId = reservation.OrderId,
            CustomerId = copy?.CustomerId ?? "unknown",
            Pattern = copy?.Pattern ?? Patterns.Sync,
            Lines = copy?.Lines ?? [],
            TotalCents = copy?.TotalCents ?? 0,
            PlacedAt = copy?.PlacedAt ?? reservation.ChangedAt,
            ClientWroteAt = copy?.PlacedAt ?? reservation.ChangedAt,
            ChangedAt = work.Now,
            StockReserved = reservation.Status is ReservationStatuses.Reserved or ReservationStatuses.Shipped,
            Healing = true,
        }).Entity;
        if (copy is null)
        {
            OrderTransitions.Cancel(work, order, ReasonCodes.RecordLost, "The order was lost with a database, and is not to be restored.");
        }
        else if (!order.StockReserved)
        {
            var reason = reservation.ReasonCode ?? ReasonCodes.AlreadyUndone;
            OrderTransitions.Cancel(work, order, reason, reservation.Detail ?? $"Inventory has undone the order: {reason}.");
        }

        RepairLog.Record(
            work,
            FeedKinds.Order,
            order.OrderId,
            order.Pattern,
            $"the order was not here, its reservation is {reservation.Status}",
            $"brought back as {order.Status}",
            changedAt);
    }
}

using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Snapshots;
using Orders.Settling;
using Orders.Storage;

namespace Orders.Reconciling;

/// <summary>
/// Brings the order in line with what Inventory's feed says of its reservation: the way of pattern <c>sync</c>, and the repair of the others.
/// What was shipped, released or remembered as cancelled rests on a decision of Orders: where the order does not show it, this database was
/// put back to an earlier state.
/// </summary>
internal static class ReservationReconciling
{
    public static void Reconcile(UnitOfWork<OrdersDb> work, ReservationState reservation, DateTimeOffset changedAt)
    {
        if (work.Db.FindOrder(reservation.OrderId) is not { } order)
        {
            LostOrders.Recreate(work, reservation, changedAt);
            return;
        }

        switch (order.Status, reservation.Status)
        {
            // Invoices reads it in the order. In pattern workflow the orchestrator goes on.
            case (OrderStatuses.Pending, ReservationStatuses.Reserved) when order.Pattern != Patterns.Workflow:
                order.StockReserved = true;
                OrderHealing.Mark(order);
                break;

            // It was confirmed once; the invoice has the number.
            case (OrderStatuses.Pending, ReservationStatuses.Shipped):
                order.StockReserved = true;
                order.Healing = true;
                break;

            case (OrderStatuses.Pending, ReservationStatuses.Rejected):
                Cancel(work, order, reservation, changedAt);
                break;

            case (OrderStatuses.Pending or OrderStatuses.Confirmed, ReservationStatuses.Released or ReservationStatuses.NeverReserved):
                Cancel(work, order, reservation, changedAt);
                order.Healing = true;
                break;

            // Inventory looks at the order once more.
            case (OrderStatuses.Confirmed, ReservationStatuses.Reserved or ReservationStatuses.Rejected):
            case (OrderStatuses.Cancelled, ReservationStatuses.Reserved or ReservationStatuses.Shipped):
                OrderHealing.Mark(order);
                break;
        }
    }

    private static void Cancel(UnitOfWork<OrdersDb> work, Order order, ReservationState reservation, DateTimeOffset changedAt)
    {
        var (found, isNormal) = ($"the order was {order.Status}, its reservation is {reservation.Status}", OrderHealing.IsNormal(order));
        OrderTransitions.Cancel(
            work,
            order,
            reservation.ReasonCode ?? ReasonCodes.AlreadyUndone,
            reservation.Detail ?? $"Inventory has undone the order: {reservation.ReasonCode ?? ReasonCodes.AlreadyUndone}.");
        OrderHealing.Mark(order);
        if (!isNormal || reservation.Status != ReservationStatuses.Rejected)
        {
            RepairLog.Record(work, FeedKinds.Order, order.OrderId, order.Pattern, found, $"cancelled: {order.ReasonCode}", changedAt);
        }
    }
}

using Consistency.Feeds;
using Consistency.Repairs;
using Consistency.Storage;
using Consistency.Versions;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Snapshots;
using Orders.Settling;
using Orders.Storage;

namespace Orders.Reconciling;

/// <summary>
/// Orders writes an order before it tells anybody: an order that others know and Orders does not was lost with a database that was put back.
/// Inventory keeps a copy of it.
/// </summary>
internal static class LostOrders
{
    // Inventory's copy has its turn first, in this synchronization and the next.
    private const int AttemptsMin = 2;

    /// <summary>
    /// Brings the order back as the reservation shows it: cancelled where it is undone, else Pending, and its invoice confirms it. Without a
    /// copy nobody knows what was ordered: it is cancelled, so that what others hold for it is undone.
    /// </summary>
    public static void Recreate(UnitOfWork<OrdersDb> work, ReservationState reservation, DateTimeOffset changedAt)
    {
        var order = Add(work, reservation.OrderId, reservation.Order, customerId: "unknown", reservation.ChangedAt);
        order.StockReserved = reservation.Status is ReservationStatuses.Reserved or ReservationStatuses.Shipped;
        if (reservation.Order is not null && !order.StockReserved)
        {
            var reason = reservation.ReasonCode ?? ReasonCodes.AlreadyUndone;
            OrderTransitions.Cancel(work, order, reason, reservation.Detail ?? $"Inventory has undone the order: {reason}.");
        }

        Finish(work, order, reservation.Order, $"its reservation is {reservation.Status}", changedAt);
    }

    /// <summary>
    /// Brings an order back that only Invoices knows, and only as cancelled: Inventory had not heard of it, so that nothing is left of what was
    /// ordered.
    /// </summary>
    /// <exception cref="TooEarlyException">
    /// Inventory may still tell of it; or the invoice stands, which cannot be without a reservation: then people must look.
    /// </exception>
    public static void Recreate(UnitOfWork<OrdersDb> work, InvoiceState invoice, DateTimeOffset changedAt)
    {
        if (invoice.Status == InvoiceStatuses.Issued
            || KeptChanges.Attempts(work, AppIds.Invoices, FeedKinds.Invoice, invoice.OrderId) < AttemptsMin)
        {
            throw new TooEarlyException(
                $"Order '{invoice.OrderId}' is not here: this database has lost it, and Inventory has not told of it yet.");
        }

        var order = Add(work, invoice.OrderId, copy: null, invoice.CustomerId.Length == 0 ? "unknown" : invoice.CustomerId, invoice.ChangedAt);
        Finish(work, order, copy: null, $"its invoice is {invoice.Status}", changedAt);
    }

    private static Order Add(UnitOfWork<OrdersDb> work, string orderId, OrderPlaced? copy, string customerId, DateTimeOffset knownAt) =>
        work.Db.Orders.Add(new Order
        {
            OrderId = orderId,
            CustomerId = copy?.CustomerId ?? customerId,
            Pattern = copy?.Pattern ?? Patterns.Sync,
            Lines = copy?.Lines ?? [],
            TotalCents = copy?.TotalCents ?? 0,
            PlacedAt = copy?.PlacedAt ?? knownAt,
            ClientWroteAt = copy?.PlacedAt ?? knownAt,
            ChangedAt = work.Now,
            Healing = true,
        }).Entity;

    private static void Finish(UnitOfWork<OrdersDb> work, Order order, OrderPlaced? copy, string found, DateTimeOffset changedAt)
    {
        if (copy is null)
        {
            OrderTransitions.Cancel(work, order, ReasonCodes.RecordLost, "The order was lost with a database, and nobody has a copy of it.");
        }

        RepairLog.Record(
            work,
            FeedKinds.Order,
            order.OrderId,
            order.Pattern,
            $"the order was not here, {found}",
            $"brought back as {order.Status}",
            changedAt);
    }
}

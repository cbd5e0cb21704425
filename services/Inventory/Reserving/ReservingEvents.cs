using Consistency.Storage;
using Consistency.Versions;
using Contracts.Events;
using Inventory.Storage;
using ServiceDefaults.Messaging;

namespace Inventory.Reserving;

/// <summary>
/// Inventory's side of the choreography: reserves when an order is placed (all lines or none), ships when it is confirmed,
/// undoes when it is cancelled.
/// </summary>
internal static class ReservingEvents
{
    public static void MapReserving(this WebApplication app)
    {
        app.MapEvent<InventoryDb, OrderPlaced>(On);
        app.MapEvent<InventoryDb, OrderConfirmed>(On);
        app.MapEvent<InventoryDb, OrderCancelled>(On);
    }

    public static void On(UnitOfWork<InventoryDb> work, Received<OrderPlaced> message)
    {
        var order = message.Data;
        if (work.Db.FindReservation(order.OrderId) is not null)
        {
            // Version 1 is the oldest there is: whatever the row says, a tombstone included, is newer.
            return;
        }

        Reservations.AddAndAnnounce(work, order, message.Version);
    }

    public static void On(UnitOfWork<InventoryDb> work, Received<OrderConfirmed> message)
    {
        // Confirmed rests on our own reservation; where there is none yet, order.placed is still on its way (again).
        var reservation = work.Db.FindReservation(message.Data.OrderId)
            ?? throw new TooEarlyException($"Order '{message.Data.OrderId}' is confirmed, but nothing is reserved for it yet.");
        if (Incoming.Judge(reservation.OrderVersion, message.Version) != Arrival.Stale)
        {
            Reservations.Ship(work, reservation, message.Version);
        }
    }

    public static void On(UnitOfWork<InventoryDb> work, Received<OrderCancelled> message)
    {
        var reservation = work.Db.FindReservation(message.Data.OrderId);
        if (Incoming.Judge(reservation?.OrderVersion ?? 0, message.Version) != Arrival.Stale)
        {
            Reservations.Undo(work, message.Data.OrderId, message.Version, message.Data.ReasonCode);
        }
    }
}

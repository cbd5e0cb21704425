using Consistency.Storage;
using Contracts;
using Contracts.Snapshots;
using Inventory.Storage;

namespace Inventory.Reserving;

/// <summary>Why nothing is reserved.</summary>
internal readonly record struct Refusal(string ReasonCode, string Detail);

/// <summary>
/// Moves pieces between available, reserved and shipped, together with the reservation that says why. Knows nothing of messages:
/// in pattern <c>events</c> its callers announce what came of it, in pattern <c>workflow</c> they answer with it.
/// </summary>
internal static class Reservations
{
    /// <summary>Order version of what an orchestrator asks for: it numbers nothing, the reservation's state alone decides.</summary>
    public const long Unversioned = 0;

    /// <summary>Reserves all lines, or records that nothing is reserved and says why. For an order that has no row yet.</summary>
    public static Refusal? Add(UnitOfWork<InventoryDb> work, string orderId, long orderVersion, IReadOnlyList<ReservedLine> lines)
    {
        var refusal = FindRefusal(work.Db, lines);
        var reservation = new Reservation
        {
            OrderId = orderId,
            Status = refusal is null ? ReservationStatuses.Reserved : ReservationStatuses.Rejected,
            ReasonCode = refusal?.ReasonCode,
            Lines = lines,
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
        };
        work.Db.Reservations.Add(reservation);
        if (refusal is null)
        {
            Move(work.Db, reservation, static (item, quantity) => item.Reserve(quantity));
        }

        return refusal;
    }

    /// <summary>The order is confirmed: reserved pieces leave. In any other state nothing happens.</summary>
    public static void Ship(UnitOfWork<InventoryDb> work, Reservation reservation, long orderVersion)
    {
        if (reservation.Status == ReservationStatuses.Reserved)
        {
            Move(work.Db, reservation, static (item, quantity) => item.Ship(quantity));
            Touch(work, reservation, ReservationStatuses.Shipped, orderVersion);
        }
    }

    /// <summary>
    /// Makes the pieces available again, wherever they are. Where the order was never seen, a tombstone remembers it, so that the late
    /// order reserves nothing.
    /// </summary>
    public static Reservation Undo(UnitOfWork<InventoryDb> work, string orderId, long orderVersion, string reasonCode)
    {
        if (work.Db.FindReservation(orderId) is not { } reservation)
        {
            return work.Db.Reservations.Add(new Reservation
            {
                OrderId = orderId,
                Status = ReservationStatuses.NeverReserved,
                ReasonCode = reasonCode,
                Lines = [],
                OrderVersion = orderVersion,
                ChangedAt = work.Now,
            }).Entity;
        }

        reservation.ReasonCode ??= reasonCode;
        switch (reservation.Status)
        {
            case ReservationStatuses.Reserved:
                Move(work.Db, reservation, static (item, quantity) => item.Release(quantity));
                Touch(work, reservation, ReservationStatuses.Released, orderVersion);
                break;
            case ReservationStatuses.Shipped:
                Move(work.Db, reservation, static (item, quantity) => item.TakeBack(quantity));
                Touch(work, reservation, ReservationStatuses.Released, orderVersion);
                break;
            default:
                reservation.OrderVersion = orderVersion;
                break;
        }

        return reservation;
    }

    /// <summary>The first line that cannot be served, or null if all can.</summary>
    private static Refusal? FindRefusal(InventoryDb db, IReadOnlyList<ReservedLine> lines)
    {
        foreach (var line in lines)
        {
            var item = db.FindStock(line.Sku);
            if (item is null or { Withdrawn: true })
            {
                return new Refusal(ReasonCodes.UnknownSku, $"'{line.Sku}' is not sold, or no longer.");
            }

            if (item.Available < line.Quantity)
            {
                return new Refusal(ReasonCodes.OutOfStock, $"'{line.Sku}': {line.Quantity} asked for, {item.Available} available.");
            }
        }

        return null;
    }

    private static void Touch(UnitOfWork<InventoryDb> work, Reservation reservation, string status, long orderVersion)
    {
        reservation.Status = status;
        reservation.OrderVersion = orderVersion;
        reservation.ChangedAt = work.Now;
    }

    private static void Move(InventoryDb db, Reservation reservation, Action<StockItem, int> move)
    {
        foreach (var line in reservation.Lines)
        {
            var item = db.FindStock(line.Sku)
                ?? throw new InvalidOperationException($"Reservation of order '{reservation.OrderId}' holds '{line.Sku}', which has no stock row.");
            move(item, line.Quantity);
        }
    }
}

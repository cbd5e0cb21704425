using Consistency.Storage;
using Contracts;
using Contracts.Snapshots;
using Inventory.Storage;

namespace Inventory.Reserving;

/// <summary>Why nothing is reserved.</summary>
internal readonly record struct Refusal(string ReasonCode, string Detail);

/// <summary>Moves pieces between available, reserved and shipped, together with the reservation that says why.</summary>
internal static class Reservations
{
    /// <summary>The first line that cannot be served, or null if all can.</summary>
    public static Refusal? FindRefusal(InventoryDb db, IReadOnlyList<OrderLine> lines)
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

    /// <summary>Reserves all lines, or records that nothing is reserved.</summary>
    public static void Add(UnitOfWork<InventoryDb> work, string orderId, long orderVersion, IReadOnlyList<OrderLine> lines, string? refusedBecause)
    {
        var reservation = new Reservation
        {
            OrderId = orderId,
            Status = refusedBecause is null ? ReservationStatuses.Reserved : ReservationStatuses.Rejected,
            ReasonCode = refusedBecause,
            Lines = [.. lines.Select(l => new ReservedLine(l.Sku, l.Quantity))],
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
        };
        work.Db.Reservations.Add(reservation);
        if (refusedBecause is null)
        {
            Move(work.Db, reservation, static (item, quantity) => item.Reserve(quantity));
        }
    }

    /// <summary>Remembers a cancellation that came first, so that the late order reserves nothing.</summary>
    public static void AddTombstone(UnitOfWork<InventoryDb> work, string orderId, long orderVersion, string reasonCode) =>
        work.Db.Reservations.Add(new Reservation
        {
            OrderId = orderId,
            Status = ReservationStatuses.NeverReserved,
            ReasonCode = reasonCode,
            Lines = [],
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
        });

    public static void Ship(UnitOfWork<InventoryDb> work, Reservation reservation, long orderVersion)
    {
        Move(work.Db, reservation, static (item, quantity) => item.Ship(quantity));
        Touch(work, reservation, ReservationStatuses.Shipped, orderVersion);
    }

    /// <summary>Makes the pieces available again, wherever they are.</summary>
    public static void Undo(UnitOfWork<InventoryDb> work, Reservation reservation, long orderVersion, string reasonCode)
    {
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

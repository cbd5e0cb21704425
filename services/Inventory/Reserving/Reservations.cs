using Consistency.Feeds;
using Consistency.Storage;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Snapshots;
using Inventory.Storage;

namespace Inventory.Reserving;

/// <summary>Why nothing is reserved.</summary>
internal readonly record struct Refusal(string ReasonCode, string Detail);

/// <summary>
/// Moves pieces between available, reserved and shipped, together with the reservation that says why. What came of it is announced in
/// pattern <c>events</c>; in pattern <c>workflow</c> the caller is answered with it, in pattern <c>sync</c> Orders reads it.
/// </summary>
internal static class Reservations
{
    /// <summary>Order version of what an orchestrator asks for: it numbers nothing, the reservation's state alone decides.</summary>
    public const long Unversioned = 0;

    /// <summary>Reserves all lines, or records that nothing is reserved and says why. For an order that has no row yet.</summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="orderId">Order.</param>
    /// <param name="orderVersion">Version of the order that asks.</param>
    /// <param name="lines">What to hold.</param>
    /// <param name="order">The order as it was placed, where it is known: kept for the day on which Orders has lost it.</param>
    /// <param name="isPulled">True where Orders is not told of the reservation, and is to read it in the feed.</param>
    public static Refusal? Add(
        UnitOfWork<InventoryDb> work, string orderId, long orderVersion, IReadOnlyList<ReservedLine> lines, OrderPlaced? order, bool isPulled = false)
    {
        var refusal = FindRefusal(work.Db, lines);
        var reservation = new Reservation
        {
            OrderId = orderId,
            Status = refusal is null ? ReservationStatuses.Reserved : ReservationStatuses.Rejected,
            ReasonCode = refusal?.ReasonCode,
            Detail = refusal?.Detail,
            Lines = lines,
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
            Order = order,
            Pulled = isPulled,
        };
        work.Db.Reservations.Add(reservation);
        if (refusal is null)
        {
            Move(work.Db, reservation, static (item, quantity) => item.Reserve(quantity));
        }

        return refusal;
    }

    /// <summary>
    /// Reserves for an order that was placed, and announces what came of it where it goes by events. For an order that has no row yet.
    /// </summary>
    public static Refusal? AddAndAnnounce(UnitOfWork<InventoryDb> work, OrderPlaced order, long orderVersion, bool isPulled = false)
    {
        var refusal = Add(work, order.OrderId, orderVersion, LinesOf(order.Lines), order, isPulled);
        if (order.Pattern == Patterns.Events)
        {
            if (refusal is { } rejected)
            {
                work.Publish(order.OrderId, 1, new StockRejected(order.OrderId, rejected.ReasonCode, rejected.Detail));
            }
            else
            {
                work.Publish(order.OrderId, 1, new StockReserved(order.OrderId, order.CustomerId, order.Lines, order.TotalCents));
            }
        }

        return refusal;
    }

    /// <summary>What is to be held for an order's lines.</summary>
    public static IReadOnlyList<ReservedLine> LinesOf(IReadOnlyList<OrderLine> lines) => [.. lines.Select(l => new ReservedLine(l.Sku, l.Quantity))];

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
    /// Ships what an order was confirmed for, although nothing is held for it: this database has lost the reservation. The pieces are gone,
    /// whatever the stock says, so that what it lacks is booked as received, and a product that is lost as well is added as withdrawn.
    /// </summary>
    /// <returns>What was booked besides, for people; empty where stock had everything.</returns>
    public static string ShipRegardless(UnitOfWork<InventoryDb> work, Reservation? reservation, OrderPlaced order, long orderVersion)
    {
        reservation ??= work.Db.Reservations.Add(new Reservation
        {
            OrderId = order.OrderId,
            Status = ReservationStatuses.Shipped,
            Lines = LinesOf(order.Lines),
            OrderVersion = orderVersion,
            ChangedAt = work.Now,
            Order = order,
        }).Entity;
        (reservation.ReasonCode, reservation.Detail) = (null, null);
        Touch(work, reservation, ReservationStatuses.Shipped, orderVersion);
        var booked = "";
        foreach (var line in order.Lines)
        {
            var item = work.Db.FindStock(line.Sku) ?? AddLost(work, line);
            if (line.Quantity - item.Available is > 0 and var missing)
            {
                item.Adjust(missing);
                booked += $"; {missing} x {line.Sku} booked as received";
            }

            item.Reserve(line.Quantity);
            item.Ship(line.Quantity);
        }

        return booked;
    }

    /// <summary>
    /// Makes the pieces available again, wherever they are. Where the order was never seen, a tombstone remembers it, so that the late
    /// order reserves nothing.
    /// </summary>
    /// <param name="work">The unit of work.</param>
    /// <param name="orderId">Order.</param>
    /// <param name="orderVersion">Version of the order that asks.</param>
    /// <param name="reasonCode">Why.</param>
    /// <param name="order">The order as it was placed, where it is known: kept with the tombstone.</param>
    public static Reservation Undo(
        UnitOfWork<InventoryDb> work, string orderId, long orderVersion, string reasonCode, OrderPlaced? order = null)
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
                Order = order,
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

    // Orders sold it, so it was there. Nothing more of it is sold until somebody has looked.
    private static StockItem AddLost(UnitOfWork<InventoryDb> work, OrderLine line)
    {
        work.RecordChange(FeedKinds.Product, line.Sku, Lane.Pushed);
        return work.Db.Stock.Add(new StockItem
        {
            Sku = line.Sku,
            Name = line.Sku,
            UnitPriceCents = line.UnitPriceCents,
            Withdrawn = true,
            ProductVersion = line.PriceVersion,
        }).Entity;
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

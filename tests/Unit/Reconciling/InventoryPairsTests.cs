using Contracts;
using Contracts.Ordering;
using Contracts.Snapshots;
using Inventory.Reconciling;
using Inventory.Storage;

namespace Tests.Unit.Reconciling;

/// <summary>Every state of an order beside every state of its reservation, in every pattern, told twice, and older ones told late.</summary>
public sealed class InventoryPairsTests : IAsyncDisposable
{
    private const string Nothing = "nothing";
    private const int Stock = 100;
    private readonly ServiceRig<InventoryDb> rig = new(o => new InventoryDb(o));

    /// <summary>Order's status, reservation before, reservation after, and in pattern workflow where it differs.</summary>
    public static TheoryData<string, string, string, string> Pairs => new()
    {
        { OrderStatuses.Pending, Nothing, ReservationStatuses.Reserved, Nothing },
        { OrderStatuses.Pending, ReservationStatuses.Reserved, ReservationStatuses.Reserved, "" },
        { OrderStatuses.Pending, ReservationStatuses.Shipped, ReservationStatuses.Shipped, "" },
        { OrderStatuses.Pending, ReservationStatuses.Released, ReservationStatuses.Released, "" },
        { OrderStatuses.Pending, ReservationStatuses.Rejected, ReservationStatuses.Rejected, "" },
        { OrderStatuses.Pending, ReservationStatuses.NeverReserved, ReservationStatuses.NeverReserved, "" },
        { OrderStatuses.Confirmed, Nothing, ReservationStatuses.Shipped, "" },
        { OrderStatuses.Confirmed, ReservationStatuses.Reserved, ReservationStatuses.Shipped, "" },
        { OrderStatuses.Confirmed, ReservationStatuses.Shipped, ReservationStatuses.Shipped, "" },
        { OrderStatuses.Confirmed, ReservationStatuses.Released, ReservationStatuses.Released, "" },
        { OrderStatuses.Confirmed, ReservationStatuses.Rejected, ReservationStatuses.Shipped, "" },
        { OrderStatuses.Confirmed, ReservationStatuses.NeverReserved, ReservationStatuses.NeverReserved, "" },
        { OrderStatuses.Cancelled, Nothing, ReservationStatuses.NeverReserved, "" },
        { OrderStatuses.Cancelled, ReservationStatuses.Reserved, ReservationStatuses.Released, "" },
        { OrderStatuses.Cancelled, ReservationStatuses.Shipped, ReservationStatuses.Released, "" },
        { OrderStatuses.Cancelled, ReservationStatuses.Released, ReservationStatuses.Released, "" },
        { OrderStatuses.Cancelled, ReservationStatuses.Rejected, ReservationStatuses.Rejected, "" },
        { OrderStatuses.Cancelled, ReservationStatuses.NeverReserved, ReservationStatuses.NeverReserved, "" },
    };

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task a_pair_comes_into_line_once(string status, string before, string after, string inWorkflow)
    {
        foreach (var pattern in Told.Patterns)
        {
            await using var one = new ServiceRig<InventoryDb>(o => new InventoryDb(o));
            await SetUpAsync(one, before);
            var expected = pattern == Patterns.Workflow && inWorkflow.Length > 0 ? inWorkflow : after;

            await TellAsync(one, status, pattern);
            Status(one).ShouldBe(expected, pattern);
            CheckStock(one, expected);
            var isLoss = status == OrderStatuses.Confirmed && before is Nothing or ReservationStatuses.Rejected;
            one.Repairs.Count.ShouldBe(expected != before && (pattern != Patterns.Sync || isLoss) ? 1 : 0, pattern);
            one.Repairs.ShouldAllBe(r => r.LateMs == 60_000 && r.Pattern == pattern && r.Key == Told.OrderId);
            one.Events.ShouldBe(pattern == Patterns.Events && status == OrderStatuses.Pending && before == Nothing ? ["stock.reserved.v1"] : []);

            var (end, repairs) = (one.FeedEnd, one.Repairs.Count);
            await TellAsync(one, status, pattern);
            (one.FeedEnd, one.Repairs.Count).ShouldBe((end, repairs), "told twice, nothing is written again");

            foreach (var older in Older(status).Where(_ => expected != Nothing))
            {
                await TellAsync(one, older, pattern);
                Status(one).ShouldBe(expected, $"{older} told late");
                CheckStock(one, expected);
            }
        }
    }

    [Fact]
    public async Task what_was_lost_with_the_stock_is_booked_as_received_and_a_lost_product_is_added_as_withdrawn()
    {
        await TellAsync(rig, OrderStatuses.Confirmed, Patterns.Events);

        var item = rig.Database.Read(db => db.FindStock("sku"))!;
        (item.Withdrawn, item.Received, item.Available, item.Shipped).ShouldBe((true, 2, 0, 2));
        item.UnitPriceCents.ShouldBe(100);
        rig.Repairs.Single().Did.ShouldContain("2 x sku booked as received");
    }

    [Fact]
    public async Task a_rejection_is_announced_where_it_goes_by_events_and_says_why()
    {
        await TellAsync(rig, OrderStatuses.Pending, Patterns.Events);

        rig.Events.ShouldBe(["stock.rejected.v1"]);
        var reservation = rig.Database.Read(db => db.FindReservation(Told.OrderId))!;
        (reservation.ReasonCode, reservation.Pulled).ShouldBe((ReasonCodes.UnknownSku, true));
        reservation.Order!.CustomerId.ShouldBe("customer");
    }

    private static IEnumerable<string> Older(string status) => status switch
    {
        OrderStatuses.Confirmed => [OrderStatuses.Pending],
        OrderStatuses.Cancelled => [OrderStatuses.Pending, OrderStatuses.Confirmed],
        _ => [],
    };

    private static Task TellAsync(ServiceRig<InventoryDb> rig, string status, string pattern) =>
        rig.DoAsync(work => OrderReconciling.Reconcile(work, Told.Order(status, pattern), Told.Then));

    private static string Status(ServiceRig<InventoryDb> rig) => rig.Database.Read(db => db.FindReservation(Told.OrderId))?.Status ?? Nothing;

    private static void CheckStock(ServiceRig<InventoryDb> rig, string status)
    {
        var item = rig.Database.Read(db => db.FindStock("sku"))!;
        item.Reserved.ShouldBe(status == ReservationStatuses.Reserved ? 2 : 0);
        item.Shipped.ShouldBe(status == ReservationStatuses.Shipped ? 2 : 0);
        item.Received.ShouldBe(Stock);
    }

    private static Task SetUpAsync(ServiceRig<InventoryDb> rig, string status) => rig.DoAsync(work =>
    {
        var item = work.Db.Stock.Add(new StockItem { Sku = "sku", Name = "sku", UnitPriceCents = 100, ProductVersion = 1 }).Entity;
        item.Adjust(Stock);
        if (status is ReservationStatuses.Reserved or ReservationStatuses.Shipped)
        {
            item.Reserve(2);
        }

        if (status == ReservationStatuses.Shipped)
        {
            item.Ship(2);
        }

        if (status != Nothing)
        {
            work.Db.Reservations.Add(new Reservation
            {
                OrderId = Told.OrderId,
                Status = status,
                ReasonCode = status is ReservationStatuses.Reserved or ReservationStatuses.Shipped ? null : ReasonCodes.CustomerCancelled,
                Lines = status == ReservationStatuses.NeverReserved ? [] : [new ReservedLine("sku", 2)],
                OrderVersion = 1,
                ChangedAt = work.Now,
            });
        }
    });
}

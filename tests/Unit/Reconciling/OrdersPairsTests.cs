using Consistency.Versions;
using Contracts;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using Orders.Catalog;
using Orders.Reconciling;
using Orders.Storage;

namespace Tests.Unit.Reconciling;

/// <summary>Every state of a reservation and of an invoice beside every state of the order, in every pattern, told twice.</summary>
public sealed class OrdersPairsTests : IAsyncDisposable
{
    private readonly ServiceRig<OrdersDb> rig = new(o => new OrdersDb(o));

    /// <summary>Order before, reservation, order after, whether the others are asked to look at it from now on.</summary>
    public static TheoryData<string, string, string, bool> Reservations => new()
    {
        { OrderStatuses.Pending, ReservationStatuses.Reserved, OrderStatuses.Pending, true },
        { OrderStatuses.Pending, ReservationStatuses.Shipped, OrderStatuses.Pending, true },
        { OrderStatuses.Pending, ReservationStatuses.Released, OrderStatuses.Cancelled, true },
        { OrderStatuses.Pending, ReservationStatuses.Rejected, OrderStatuses.Cancelled, true },
        { OrderStatuses.Pending, ReservationStatuses.NeverReserved, OrderStatuses.Cancelled, true },
        { OrderStatuses.Confirmed, ReservationStatuses.Reserved, OrderStatuses.Confirmed, true },
        { OrderStatuses.Confirmed, ReservationStatuses.Shipped, OrderStatuses.Confirmed, false },
        { OrderStatuses.Confirmed, ReservationStatuses.Released, OrderStatuses.Cancelled, true },
        { OrderStatuses.Confirmed, ReservationStatuses.Rejected, OrderStatuses.Confirmed, true },
        { OrderStatuses.Confirmed, ReservationStatuses.NeverReserved, OrderStatuses.Cancelled, true },
        { OrderStatuses.Cancelled, ReservationStatuses.Reserved, OrderStatuses.Cancelled, true },
        { OrderStatuses.Cancelled, ReservationStatuses.Shipped, OrderStatuses.Cancelled, true },
        { OrderStatuses.Cancelled, ReservationStatuses.Released, OrderStatuses.Cancelled, false },
        { OrderStatuses.Cancelled, ReservationStatuses.Rejected, OrderStatuses.Cancelled, false },
        { OrderStatuses.Cancelled, ReservationStatuses.NeverReserved, OrderStatuses.Cancelled, false },
    };

    /// <summary>Order before, invoice, order after, whether the others are asked to look at it from now on.</summary>
    public static TheoryData<string, string, string, bool> Invoices => new()
    {
        { OrderStatuses.Pending, InvoiceStatuses.Issued, OrderStatuses.Confirmed, true },
        { OrderStatuses.Pending, InvoiceStatuses.Refused, OrderStatuses.Cancelled, true },
        { OrderStatuses.Pending, InvoiceStatuses.Voided, OrderStatuses.Cancelled, true },
        { OrderStatuses.Pending, InvoiceStatuses.NeverIssued, OrderStatuses.Cancelled, true },
        { OrderStatuses.Confirmed, InvoiceStatuses.Issued, OrderStatuses.Confirmed, false },
        { OrderStatuses.Confirmed, InvoiceStatuses.Refused, OrderStatuses.Confirmed, true },
        { OrderStatuses.Confirmed, InvoiceStatuses.Voided, OrderStatuses.Cancelled, true },
        { OrderStatuses.Confirmed, InvoiceStatuses.NeverIssued, OrderStatuses.Cancelled, true },
        { OrderStatuses.Cancelled, InvoiceStatuses.Issued, OrderStatuses.Cancelled, true },
        { OrderStatuses.Cancelled, InvoiceStatuses.Refused, OrderStatuses.Cancelled, false },
        { OrderStatuses.Cancelled, InvoiceStatuses.Voided, OrderStatuses.Cancelled, false },
        { OrderStatuses.Cancelled, InvoiceStatuses.NeverIssued, OrderStatuses.Cancelled, false },
    };

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [MemberData(nameof(Reservations))]
    public Task a_reservation_brings_its_order_into_line_once(string before, string reservation, string after, bool healing) => CheckAsync(
        before,
        after,
        healing,
        isUsual: before == OrderStatuses.Pending && reservation is ReservationStatuses.Reserved or ReservationStatuses.Rejected,
        isLeftToWorkflow: before == OrderStatuses.Pending && reservation == ReservationStatuses.Reserved,
        one => one.DoAsync(work => ReservationReconciling.Reconcile(work, Reservation(reservation), Told.Then)));

    [Theory]
    [MemberData(nameof(Invoices))]
    public Task an_invoice_brings_its_order_into_line_once(string before, string invoice, string after, bool healing) => CheckAsync(
        before,
        after,
        healing,
        isUsual: before == OrderStatuses.Pending && invoice is InvoiceStatuses.Issued or InvoiceStatuses.Refused,
        isLeftToWorkflow: false,
        one => one.DoAsync(work => InvoiceReconciling.Reconcile(work, Invoice(invoice), Told.Then)));

    [Fact]
    public async Task an_order_follows_the_number_of_an_invoice_that_was_issued_anew()
    {
        await SetUpAsync(rig, OrderStatuses.Confirmed, Patterns.Events);
        await rig.DoAsync(work => InvoiceReconciling.Reconcile(work, Invoice(InvoiceStatuses.Issued) with { Number = "INV2-00000007" }, Told.Then));

        Order(rig).InvoiceNumber.ShouldBe("INV2-00000007");
        rig.Repairs.Single().Did.ShouldBe("follows INV2-00000007");
    }

    [Theory]
    [InlineData(ReservationStatuses.Reserved, OrderStatuses.Pending)]
    [InlineData(ReservationStatuses.Shipped, OrderStatuses.Pending)]
    [InlineData(ReservationStatuses.Released, OrderStatuses.Cancelled)]
    [InlineData(ReservationStatuses.Rejected, OrderStatuses.Cancelled)]
    [InlineData(ReservationStatuses.NeverReserved, OrderStatuses.Cancelled)]
    public async Task an_order_that_is_lost_is_brought_back_from_the_copy_that_inventory_keeps(string reservation, string status)
    {
        var copy = new OrderPlaced(Told.OrderId, "customer", Patterns.Events, [new OrderLine("sku", 2, 100, 1)], 200, Told.Then);
        await rig.DoAsync(work => ReservationReconciling.Reconcile(work, Reservation(reservation) with { Order = copy }, Told.Then));

        var order = Order(rig);
        (order.Status, order.Pattern, order.CustomerId, order.TotalCents, order.Healing).ShouldBe((status, Patterns.Events, "customer", 200, true));
        order.StockReserved.ShouldBe(status == OrderStatuses.Pending);
        order.PlacedAt.ShouldBe(Told.Then);
        rig.Repairs.Single().Did.ShouldBe($"brought back as {status}");
    }

    [Fact]
    public async Task an_order_that_is_lost_and_of_which_there_is_no_copy_is_cancelled_so_that_it_is_undone()
    {
        await rig.DoAsync(work => ReservationReconciling.Reconcile(work, Reservation(ReservationStatuses.Shipped), Told.Then));

        (Order(rig).Status, Order(rig).ReasonCode, Order(rig).Healing).ShouldBe((OrderStatuses.Cancelled, ReasonCodes.RecordLost, true));
    }

    [Theory]
    [InlineData(InvoiceStatuses.Issued)]
    [InlineData(InvoiceStatuses.NeverIssued)]
    public Task an_invoice_of_an_order_that_is_lost_waits_for_the_copy(string invoice) => Should.ThrowAsync<TooEarlyException>(
        () => rig.DoAsync(work => InvoiceReconciling.Reconcile(work, Invoice(invoice), Told.Then)));

    [Fact]
    public async Task the_catalog_follows_a_product_that_differs_also_to_a_lower_version()
    {
        var product = new CatalogItem("sku", "Sku", 100, Withdrawn: false, Version: 3);
        await FollowAsync(product);
        await FollowAsync(product);
        rig.Repairs.Count.ShouldBe(1);

        await FollowAsync(product with { Version = 2, UnitPriceCents = 90 });
        rig.Database.Read(db => db.FindProduct("sku"))!.ToItem().ShouldBe(product with { Version = 2, UnitPriceCents = 90 });
        rig.Repairs.Count.ShouldBe(2);
    }

    private static async Task CheckAsync(
        string before, string after, bool healing, bool isUsual, bool isLeftToWorkflow, Func<ServiceRig<OrdersDb>, Task> tellAsync)
    {
        foreach (var pattern in Told.Patterns)
        {
            await using var one = new ServiceRig<OrdersDb>(o => new OrdersDb(o));
            await SetUpAsync(one, before, pattern);
            await tellAsync(one);

            var order = Order(one);
            order.Status.ShouldBe(after, pattern);
            if (pattern == Patterns.Events)
            {
                order.Healing.ShouldBe(healing);
            }

            if (pattern == Patterns.Workflow && isLeftToWorkflow)
            {
                (order.Healing, order.StockReserved).ShouldBe((false, false));
            }

            one.Repairs.Count.ShouldBe(after != before && !(isUsual && pattern == Patterns.Sync) ? 1 : 0, pattern);
            one.Events.Count.ShouldBe(after != before && pattern == Patterns.Events ? 1 : 0, "announced like any other transition");

            var (end, repairs) = (one.FeedEnd, one.Repairs.Count);
            await tellAsync(one);
            Order(one).Status.ShouldBe(after);
            if (after == before)
            {
                (one.FeedEnd, one.Repairs.Count).ShouldBe((end, repairs), "told twice, nothing is written again");
            }
        }
    }

    private static Order Order(ServiceRig<OrdersDb> rig) => rig.Database.Read(db => db.FindOrder(Told.OrderId))!;

    private static ReservationState Reservation(string status) => new(
        Told.OrderId, status, status is ReservationStatuses.Reserved or ReservationStatuses.Shipped ? null : ReasonCodes.OutOfStock,
        Detail: null, [new ReservedLine("sku", 2)], Told.Then, Order: null);

    private static InvoiceState Invoice(string status) => new(
        Told.OrderId, "customer", status, status is InvoiceStatuses.Issued or InvoiceStatuses.Voided ? "INV-00000001" : null,
        CreditNoteNumber: null, status == InvoiceStatuses.Issued ? null : ReasonCodes.CreditLimit, Detail: null, 200, Told.Then);

    private static Task SetUpAsync(ServiceRig<OrdersDb> rig, string status, string pattern) => rig.DoAsync(work => work.Db.Orders.Add(new Order
    {
        OrderId = Told.OrderId,
        CustomerId = "customer",
        Pattern = pattern,
        Status = status,
        ReasonCode = status == OrderStatuses.Cancelled ? ReasonCodes.CustomerCancelled : null,
        InvoiceNumber = status == OrderStatuses.Confirmed ? "INV-00000001" : null,
        Lines = [new OrderLine("sku", 2, 100, 1)],
        TotalCents = 200,
        PlacedAt = Told.Then,
        ClientWroteAt = Told.Then,
        ChangedAt = Told.Then,
    }));

    private Task FollowAsync(CatalogItem product) => rig.DoAsync(work => CatalogReplica.Reconcile(work, product, Told.Then));
}

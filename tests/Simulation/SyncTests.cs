using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Tests.Simulation;

/// <summary>Single lives of orders of pattern sync, told in full: nobody is sent anything, and one synchronization takes an order to its end.</summary>
public sealed class SyncTests
{
    [Fact]
    public async Task a_plain_order_passes_all_its_hops_within_one_tick_and_no_event_is_published()
    {
        await using var system = await StartAsync();
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 3));

        await system.World.SyncAsync(ticks: 1);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.Status.ShouldBe(OrderStatuses.Confirmed);
        order.InvoiceNumber.ShouldBe("INV-00000001");
        reservation!.Status.ShouldBe(ReservationStatuses.Shipped);
        invoice!.Status.ShouldBe(InvoiceStatuses.Issued);
        system.Audit().ShouldBeEmpty();
    }

    private static async Task<SimulatedSystem> StartAsync()
    {
        var system = new SimulatedSystem(new SimulatedWorld(seed: 1, new Hostility(0, 0, 0))) { Pattern = Patterns.Sync };
        await system.StockAsync(("plenty", 100, 10_000), ("scarce", 100, 20), ("dear", 20_000, 100));
        return system;
    }

    private static (OrderSnapshot Order, ReservationSnapshot? Reservation, InvoiceSnapshot? Invoice) Rows(SimulatedSystem system, string orderId)
    {
        var snapshot = system.Snapshot();
        return (
            snapshot.Orders.Single(o => o.OrderId == orderId),
            snapshot.Reservations.SingleOrDefault(r => r.OrderId == orderId),
            snapshot.Invoices.SingleOrDefault(i => i.OrderId == orderId));
    }
}

using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Tests.Simulation;

/// <summary>
/// Goal: whatever the order, repetition and interruption of messages and of synchronizations, all three services end up agreeing, by events as
/// by following each other's feeds.
/// Method: real handlers on real databases; a broker without any order; one seed per run, printed by the test's name.
/// </summary>
public sealed class ChoreographyTests
{
    private static readonly Hostility Peaceful = new(0, 0, 0);
    private static readonly Hostility Hostile = new(Duplicate: 0.3, Crash: 0.02, BrokerAway: 0.1);

    public static MatrixTheoryData<int, string> Seeds => new(Enumerable.Range(1, 40), [Patterns.Events, Patterns.Sync]);

    public static TheoryData<string> BothPatterns => [Patterns.Events, Patterns.Sync];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task every_order_settles_the_same_everywhere_in_a_hostile_world(int seed, string pattern)
    {
        var world = new SimulatedWorld(seed, Hostile) { Syncs = pattern == Patterns.Sync };
        await using var system = new SimulatedSystem(world) { Pattern = pattern };
        await system.StockAsync(("plenty", 100, 10_000), ("scarce", 100, 10), ("dear", 20_000, 100));
        for (var i = 0; i < 40; i++)
        {
            var orderId = await PlaceSomethingAsync(system, i);
            if (system.World.Random.NextDouble() < 0.3)
            {
                await StepAsync(system, system.World.Random.Next(30));
                await system.CancelAsync(orderId);
            }

            await StepAsync(system, system.World.Random.Next(4));
        }

        // One of each end for certain, whatever the seed made of the others.
        await system.PlaceAsync("confirmed", "last", ("plenty", 1));
        await system.PlaceAsync("no stock", "last", ("scarce", 11));
        await system.PlaceAsync("no credit", "last", ("dear", 3));
        await system.CancelAsync(await system.PlaceAsync("changed mind", "last", ("plenty", 1)));
        await SettleAsync(system);

        system.Audit().ShouldBeEmpty();
        system.World.Crashes.ShouldBeGreaterThan(0);
        (system.World.Duplicates > 0 || pattern == Patterns.Sync).ShouldBeTrue();
        var statuses = system.Snapshot().Orders.Select(o => o.ReasonCode ?? o.Status).Distinct().ToList();
        statuses.ShouldContain(OrderStatuses.Confirmed);
        statuses.ShouldContain(ReasonCodes.CustomerCancelled);
        statuses.ShouldContain(ReasonCodes.OutOfStock);
        statuses.ShouldContain(ReasonCodes.CreditLimit);
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task a_plain_order_is_reserved_invoiced_and_shipped(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 3));

        await SettleAsync(system);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.Status.ShouldBe(OrderStatuses.Confirmed);
        order.InvoiceNumber.ShouldBe("INV-00000001");
        reservation!.Status.ShouldBe(ReservationStatuses.Shipped);
        invoice!.Status.ShouldBe(InvoiceStatuses.Issued);
        system.Audit().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task an_order_over_stock_is_cancelled_and_leaves_no_trace_in_stock(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 1), ("scarce", 21));

        await SettleAsync(system);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.ReasonCode.ShouldBe(ReasonCodes.OutOfStock);
        reservation!.Status.ShouldBe(ReservationStatuses.Rejected);
        invoice!.Status.ShouldBe(InvoiceStatuses.NeverIssued);
        system.Snapshot().Stock.ShouldAllBe(s => s.Available == s.Received);
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task an_order_over_the_credit_limit_gives_its_stock_back(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("dear", 3));

        await SettleAsync(system);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.ReasonCode.ShouldBe(ReasonCodes.CreditLimit);
        reservation!.Status.ShouldBe(ReservationStatuses.Released);
        invoice!.Status.ShouldBe(InvoiceStatuses.Refused);
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task a_product_withdrawn_after_the_order_was_priced_cancels_the_order(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 1));
        await system.Inventory.Writes.ExecuteAsync(work => Inventory.Products.ProductCommands.Withdraw(work, "plenty"));

        await SettleAsync(system);

        Rows(system, orderId).Order.ReasonCode.ShouldBe(ReasonCodes.UnknownSku);
        system.Audit().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task a_cancellation_before_anyone_saw_the_order_leaves_tombstones(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 1));
        await system.CancelAsync(orderId);

        await SettleAsync(system);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.ReasonCode.ShouldBe(ReasonCodes.CustomerCancelled);
        reservation!.Status.ShouldBeOneOf(ReservationStatuses.NeverReserved, ReservationStatuses.Released);
        invoice!.Status.ShouldBeOneOf(InvoiceStatuses.NeverIssued, InvoiceStatuses.Voided);
        system.Audit().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(BothPatterns))]
    public async Task a_cancellation_after_confirmation_takes_the_goods_back_and_voids_the_invoice_by_a_credit_note(string pattern)
    {
        await using var system = await StartAsync(pattern);
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 3));
        await SettleAsync(system);

        await system.CancelAsync(orderId);
        await system.CancelAsync(orderId);
        await SettleAsync(system);

        var (order, reservation, invoice) = Rows(system, orderId);
        order.Status.ShouldBe(OrderStatuses.Cancelled);
        reservation!.Status.ShouldBe(ReservationStatuses.Released);
        invoice!.Status.ShouldBe(InvoiceStatuses.Voided);
        invoice.CreditNoteNumber.ShouldBe(1);
        system.Snapshot().Accounts.Single().OpenCents.ShouldBe(0);
        system.Audit().ShouldBeEmpty();
    }

    // One tick is enough for whatever was written before it.
    private static Task SettleAsync(SimulatedSystem system) =>
        system.Pattern == Patterns.Sync ? system.World.SyncAsync(ticks: 1) : system.World.SettleAsync();

    private static async Task<SimulatedSystem> StartAsync(string pattern)
    {
        var system = new SimulatedSystem(new SimulatedWorld(seed: 1, Peaceful)) { Pattern = pattern };
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

    private static Task<string> PlaceSomethingAsync(SimulatedSystem system, int i) => (i % 5) switch
    {
        0 => system.PlaceAsync($"k{i}", "rich", ("dear", 1), ("plenty", 1)),
        1 => system.PlaceAsync($"k{i}", $"c{i % 7}", ("scarce", 5)),
        _ => system.PlaceAsync($"k{i}", $"c{i}", ("plenty", 1 + (i % 4))),
    };

    private static async Task StepAsync(SimulatedSystem system, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await system.World.StepAsync();
        }
    }
}

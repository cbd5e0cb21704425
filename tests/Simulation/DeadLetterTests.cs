using Consistency.Repairs;
using Contracts.DeadLetters;
using Contracts.Snapshots;

namespace Tests.Simulation;

/// <summary>
/// Goal: messages that are given up cost time, never agreement or order. Whoever replays them, whenever, however often, and whoever dies in between:
/// each takes effect once, none of an aggregate before those ahead of it in its line, and all services agree in the end.
/// Method: the simulated world with handlers that fail at random, a broker that gives up after the second attempt and sends the copy to all that share
/// the dead-letter topic, and operators who replay at random, two at a time.
/// </summary>
public sealed class DeadLetterTests
{
    private static readonly Hostility Failing = new(
        Duplicate: 0.2, Crash: 0.02, BrokerAway: 0.05, AttemptsMax: 2, Fail: 0.4, KeepsDeadLetters: true);

    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 12));

    public static TheoryData<int> SomeSeeds => new(Enumerable.Range(1, 4));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task replays_at_random_end_in_agreement_and_in_order(int seed)
    {
        var world = new SimulatedWorld(seed, Failing with { Operate = 0.1 });
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, 40);

        await world.SettleLettersAsync();

        system.Audit().ShouldBeEmpty();
        world.OutOfTurn.ShouldBeEmpty();
        world.Crashes.ShouldBeGreaterThan(0);
        var letters = Letters(system);
        letters.ShouldAllBe(l => l.Status == DeadLetterStatuses.Replayed);
        letters.ShouldContain(l => l.Attempts > 0 && l.Reason.Contains("not well", StringComparison.Ordinal));
        RepairCount(system).ShouldBe(0, "nothing but replays healed it");
    }

    [Fact]
    public async Task a_cancellation_waits_for_the_dead_order_before_it()
    {
        var world = new SimulatedWorld(seed: 1, new Hostility(0, 0, 0, AttemptsMax: 1, KeepsDeadLetters: true));
        await using var system = await StartAsync(world);
        world.IsBroken = true;
        var orderId = await system.PlaceAsync("k", "c", ("plenty", 1));
        await UntilAsync(system, () => system.Inventory.Letters().Any());
        world.IsBroken = false;
        await system.CancelAsync(orderId);

        await UntilAsync(system, () => system.Inventory.Letters().Any(l => l.Status == DeadLetterStatuses.Parked));
        await world.SettleAsync();
        system.Snapshot().Reservations.ShouldBeEmpty("neither was handled");
        await world.SettleLettersAsync();

        system.Inventory.Letters().Select(l => (l.Type, l.Status, l.EndedBy)).ShouldBe(
        [
            ("order.placed.v1", DeadLetterStatuses.Replayed, Operators.Unnamed),
            ("order.cancelled.v1", DeadLetterStatuses.Replayed, DeadLetterEndings.Turn),
        ]);
        system.Snapshot().Reservations.Single().Status.ShouldBe(ReservationStatuses.Released);
        system.Audit().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public async Task what_the_repair_has_healed_is_stale_when_it_is_replayed(int seed)
    {
        var world = new SimulatedWorld(seed, Failing) { Syncs = true };
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, 30);
        await world.SyncAsync(ticks: 3);
        Letters(system).ShouldContain(l => l.Status == DeadLetterStatuses.Dead);
        system.Audit().ShouldBeEmpty("the repair did not wait for anybody");
        var (healed, repairs) = (Rows(system), RepairCount(system));

        await world.SettleLettersAsync();

        Rows(system).ShouldBe(healed, "what was replayed was known already");
        await world.SyncAsync(ticks: 1);
        system.Audit().ShouldBeEmpty();
        RepairCount(system).ShouldBe(repairs);
        Letters(system).ShouldAllBe(l => l.Status == DeadLetterStatuses.Replayed);
    }

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public async Task what_is_discarded_is_healed_by_the_repair(int seed)
    {
        var world = new SimulatedWorld(seed, Failing) { Syncs = true };
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, 30);
        await world.SettleAsync();
        var discard = new DiscardLetters(All: true, Note: "the repair will do");
        await system.Orders.Decisions.DiscardAllAsync(discard, CancellationToken.None);
        await system.Inventory.Decisions.DiscardAllAsync(discard, CancellationToken.None);
        await system.Invoices.Decisions.DiscardAllAsync(discard, CancellationToken.None);

        await world.SyncAsync(ticks: 3);

        system.Audit().ShouldBeEmpty();
        world.OutOfTurn.ShouldBeEmpty();
    }

    private static async Task<SimulatedSystem> StartAsync(SimulatedWorld world)
    {
        var system = new SimulatedSystem(world);
        await system.StockAsync(("plenty", 100, 10_000), ("scarce", 100, 10), ("dear", 20_000, 100));
        return system;
    }

    private static async Task PlaceManyAsync(SimulatedSystem system, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var orderId = await ((i % 5) switch
            {
                0 => system.PlaceAsync($"k{i}", "rich", ("dear", 1), ("plenty", 1)),
                1 => system.PlaceAsync($"k{i}", $"c{i % 7}", ("scarce", 5)),
                _ => system.PlaceAsync($"k{i}", $"c{i}", ("plenty", 1 + (i % 4))),
            });
            await system.RenameAsync("plenty", $"plenty {i}", 100);
            await StepAsync(system, system.World.Random.Next(15));
            if (system.World.Random.NextDouble() < 0.4)
            {
                await system.CancelAsync(orderId);
            }
        }
    }

    private static async Task UntilAsync(SimulatedSystem system, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            i.ShouldBeLessThan(10_000, "it never came to that");
            await system.World.StepAsync();
        }
    }

    private static async Task StepAsync(SimulatedSystem system, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await system.World.StepAsync();
        }
    }

    private static IReadOnlyList<DeadLetterEntry> Letters(SimulatedSystem system) =>
        [.. system.Orders.Letters(), .. system.Inventory.Letters(), .. system.Invoices.Letters()];

    // What all services say of all orders, but for when they changed.
    private static string Rows(SimulatedSystem system)
    {
        var snapshot = system.Snapshot();
        return string.Join(
            '\n',
            [
                .. snapshot.Orders.OrderBy(o => o.OrderId).Select(o => $"{o.OrderId} {o.Status} {o.ReasonCode} {o.InvoiceNumber}"),
                .. snapshot.Reservations.OrderBy(r => r.OrderId).Select(r => $"{r.OrderId} {r.Status} {r.ReasonCode}"),
                .. snapshot.Invoices.OrderBy(i => i.OrderId).Select(i => $"{i.OrderId} {i.Status} {i.Number} {i.CreditNoteNumber}"),
                .. snapshot.Stock.OrderBy(s => s.Sku).Select(s => $"{s.Sku} {s.Available} {s.Reserved} {s.Shipped}"),
            ]);
    }

    private static long RepairCount(SimulatedSystem system) =>
        system.Orders.Database.RepairCount() + system.Inventory.Database.RepairCount() + system.Invoices.Database.RepairCount();
}

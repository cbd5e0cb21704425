using Consistency.Repairs;
using Contracts;

namespace Tests.Simulation;

/// <summary>
/// Goal: whatever is lost for good - messages, or the newest part of a database - the services find out and agree again, within two intervals
/// of the schedule.
/// Method: the simulated world, with a broker that loses every n-th delivery and keeps no dead letters, and databases that are put back to an
/// older copy of their file.
/// </summary>
public sealed class RepairTests
{
    private const string Mixed = "mixed";

    public static MatrixTheoryData<int, string, int> Losses => new([2, 3, 5, 7], [Patterns.Events, Patterns.Sync, Mixed], [1, 2, 3]);

    public static MatrixTheoryData<string, string, int> Restores =>
        new(["orders", "inventory", "invoices"], [Patterns.Events, Patterns.Sync, Mixed], Enumerable.Range(1, 5));

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task every_order_converges_within_two_intervals_although_messages_are_lost_for_good(int loseEvery, string pattern, int seed)
    {
        var hostility = new Hostility(Duplicate: 0.1, Crash: 0.01, BrokerAway: 0.05, loseEvery, AttemptsMax: 5);
        var world = new SimulatedWorld(seed, hostility) { Syncs = true };
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, pattern, 30);

        await world.SyncAsync(ticks: 2);

        system.Audit().ShouldBeEmpty();
        if (pattern != Patterns.Sync)
        {
            world.Lost.ShouldBeGreaterThan(0);
            RepairCount(system).ShouldBeGreaterThan(0);
        }

        // Messages that come late find everything done, and so does the next synchronization.
        var repairs = RepairCount(system);
        await world.SyncAsync(ticks: 2);
        system.Audit().ShouldBeEmpty();
        RepairCount(system).ShouldBe(repairs);
    }

    [Fact]
    public async Task where_nothing_is_lost_nothing_is_repaired()
    {
        var world = new SimulatedWorld(seed: 1, new Hostility(0, 0, 0));
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, Mixed, 30);

        await world.SyncAsync(ticks: 3);

        system.Audit().ShouldBeEmpty();
        RepairCount(system).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Restores))]
    public async Task a_database_that_is_put_back_to_an_older_copy_ends_in_agreement_with_the_others(string appId, string pattern, int seed)
    {
        var world = new SimulatedWorld(seed, new Hostility(Duplicate: 0.1, Crash: 0.01, BrokerAway: 0.05, AttemptsMax: 12)) { Syncs = true };
        await using var system = await StartAsync(world);
        await PlaceManyAsync(system, pattern, 15);
        var backup = await system.BackUpAsync(appId);
        await PlaceManyAsync(system, pattern, 20);
        await system.RestoreAsync(appId, backup);
        if (appId == "orders")
        {
            system.ForgetUnknownElsewhere();
        }

        await PlaceManyAsync(system, pattern, 5);
        await world.SyncAsync(ticks: 4);

        system.Audit().ShouldBeEmpty();
    }

    private static async Task<SimulatedSystem> StartAsync(SimulatedWorld world)
    {
        var system = new SimulatedSystem(world);
        await system.StockAsync(("plenty", 100, 10_000), ("scarce", 100, 10), ("dear", 20_000, 100));
        return system;
    }

    private static async Task PlaceManyAsync(SimulatedSystem system, string pattern, int count)
    {
        var first = system.Acknowledged.Count;
        for (var i = first; i < first + count; i++)
        {
            system.Pattern = pattern == Mixed ? (i % 2 == 0 ? Patterns.Events : Patterns.Sync) : pattern;
            var orderId = await ((i % 5) switch
            {
                0 => system.PlaceAsync($"k{i}", "rich", ("dear", 1), ("plenty", 1)),
                1 => system.PlaceAsync($"k{i}", $"c{i % 7}", ("scarce", 5)),
                _ => system.PlaceAsync($"k{i}", $"c{i}", ("plenty", 1 + (i % 4))),
            });
            await StepAsync(system, system.World.Random.Next(15));
            if (system.World.Random.NextDouble() < 0.3)
            {
                await system.CancelAsync(orderId);
            }
        }
    }

    private static async Task StepAsync(SimulatedSystem system, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            await system.World.StepAsync();
        }
    }

    private static long RepairCount(SimulatedSystem system) =>
        system.Orders.Database.RepairCount() + system.Inventory.Database.RepairCount() + system.Invoices.Database.RepairCount();
}

using Consistency.Auditing;
using Contracts;

namespace Tests.Simulation;

/// <summary>
/// Goal: the gateway's view agrees with the three services once it has read their feeds, whatever happened on the way.
/// Method: the services' real handlers and feeds and the gateway's real follower on real databases, in a hostile world; the audit's rule.
/// </summary>
public sealed class OrderViewTests
{
    private static readonly Hostility Hostile = new(Duplicate: 0.3, Crash: 0.02, BrokerAway: 0.1);

    public static TheoryData<int, string> Runs => new(
        from seed in Enumerable.Range(1, 12) from pattern in new[] { Patterns.Events, Patterns.Sync } select (seed, pattern));

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task the_view_agrees_with_its_owners_after_a_hostile_life(int seed, string pattern)
    {
        var world = new SimulatedWorld(seed, Hostile) { Syncs = pattern == Patterns.Sync };
        await using var system = new SimulatedSystem(world) { Pattern = pattern };
        await using var view = new SimulatedView(world);
        await system.StockAsync(("plenty", 100, 10_000), ("scarce", 100, 10), ("dear", 20_000, 100));
        for (var i = 0; i < 30; i++)
        {
            var orderId = await system.PlaceAsync($"k{i}", $"c{i % 5}", (i % 3) switch { 0 => ("dear", 2), 1 => ("scarce", 3), _ => ("plenty", 1) });
            for (var step = world.Random.Next(6); step > 0; step--)
            {
                await world.StepAsync();
                await view.StepAsync();
            }

            if (world.Random.Next(4) == 0)
            {
                await system.CancelAsync(orderId);
            }
        }

        await world.SyncAsync(ticks: 2);
        await view.CatchUpAsync();

        Disagreements(system, view).ShouldBeEmpty();
        view.Rows().Count.ShouldBe(30);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("inventory")]
    [InlineData("invoices")]
    public async Task the_view_follows_an_owner_that_is_put_back_to_a_backup(string restored)
    {
        var world = new SimulatedWorld(seed: 1, new Hostility(0, 0, 0));
        await using var system = new SimulatedSystem(world);
        await using var view = new SimulatedView(world);
        await system.StockAsync(("plenty", 100, 10_000));
        await system.PlaceAsync("before", "c", ("plenty", 1));
        await world.SettleAsync();
        var backups = new[] { await system.Orders.BackUpAsync(), await system.Inventory.BackUpAsync(), await system.Invoices.BackUpAsync() };
        await system.PlaceAsync("after", "c", ("plenty", 1));
        await world.SettleAsync();
        await view.CatchUpAsync();
        view.Rows().Count.ShouldBe(2);

        await (restored switch
        {
            "orders" => system.Orders.RestoreAsync(backups[0]),
            "inventory" => system.Inventory.RestoreAsync(backups[1]),
            _ => system.Invoices.RestoreAsync(backups[2]),
        });
        await view.CatchUpAsync();

        Disagreements(system, view).ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Disagreements(SimulatedSystem system, SimulatedView view) =>
    [
        .. Audit.Run(system.Snapshot() with { OrderView = view.Rows() }, new AuditOptions(system.World.Time.GetUtcNow()))
            .Violations.Where(v => v.Rule == "view-agrees").Select(v => v.ToString()),
    ];
}

using Cli.Gateway;
using Cli.Running;
using Contracts;
using Contracts.Snapshots;

namespace Tests.System;

/// <summary>
/// Goal: what was lost for good is found by comparing, and healed; an outage of messages costs time, never agreement.
/// Method: real processes; the sidecar acknowledges a share of deliveries without making them, messages are given up and their dead letters
/// deleted, a database is put back to an earlier state; then the audit.
/// </summary>
public sealed class RepairTests
{
    private const int Shoppers = 8;
    private const string LinuxOnly = "Killing a service needs /proc to find its process; this system has none.";

    // Two intervals of 5 s, the grace time of 4 s before the first may judge, and slack for a machine that runs other tests as well.
    private static readonly TimeSpan TwoIntervals = TimeSpan.FromSeconds((2 * 5) + 4 + 16);

    [Fact]
    public async Task deliveries_lost_for_good_are_healed_in_every_pattern()
    {
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.05, lose: 0.05);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();

        await ShopAsync(shopper, 0, 120);

        await EndsCleanAsync(system, shopper);
        (await RepairsAsync(system)).ShouldContain(r => r.Pattern == Patterns.Events);
        var orders = (await SnapshotReader.ReadAsync(system.Gateway, TimeProvider.System, CancellationToken.None)).Orders;
        orders.Select(o => o.Pattern).Distinct().Order().ShouldBe(Patterns.Offered.Order());
        var announced = AppsWithData.SelectMany(app => ServiceFile.Read(system.DatabaseOf(app), "SELECT DISTINCT subject FROM outbox")).ToHashSet();
        orders.Where(o => o.Pattern != Patterns.Events && announced.Contains(o.OrderId)).ShouldBeEmpty("only pattern events has messages");
    }

    [Fact]
    public async Task every_fourth_delivery_lost_and_all_dead_letters_wiped_is_healed_within_two_intervals()
    {
        await using var system = await SystemUnderTest.StartAsync(lose: 0.25, impatient: true);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var inventory = system.DatabaseOf(AppIds.Inventory);
        ServiceFile.Run(
            inventory,
            """
            CREATE TRIGGER broken BEFORE INSERT ON reservation WHEN substr(new.order_id, -1) IN ('0', '3', '6', '9', 'c', 'f')
            BEGIN SELECT RAISE(ABORT, 'this disk page is not well'); END
            """);
        await ShopAsync(shopper, 0, 60);
        await Eventually.HoldsAsync(
            async () => (await system.Gateway.ProgressAsync(AppIds.Inventory, CancellationToken.None)).DeadLetters > 0,
            () => $"no message was ever given up:\n{system.Output}");

        ServiceFile.Run(inventory, "DROP TRIGGER broken");
        foreach (var app in AppsWithData)
        {
            ServiceFile.Run(system.DatabaseOf(app), "DELETE FROM dead_letter");
        }

        await EndsCleanAsync(system, shopper, TwoIntervals);
        (await RepairsAsync(system)).ShouldContain(r => r.Pattern == Patterns.Events);
    }

    [Theory]
    [InlineData("Invoices.dll", AppIds.Invoices)]
    [InlineData("Inventory.dll", AppIds.Inventory)]
    [InlineData("Orders.dll", AppIds.Orders)]
    public async Task a_backup_put_back_is_brought_up_to_date_by_the_others(string program, string appId)
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync();
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        await ShopAsync(shopper, 0, 30);
        await EndsCleanAsync(system, shopper);
        var (database, yesterday) = (system.DatabaseOf(appId), system.DatabaseOf("yesterday"));
        ServiceFile.BackUp(database, yesterday);
        await ShopAsync(shopper, 30, 60);
        await EndsCleanAsync(system, shopper);

        var killed = system.KillApp(program);
        ServiceFile.PutBack(yesterday, database);
        system.StartAgain(killed);

        await EndsCleanAsync(system, shopper);
        (await RepairsAsync(system)).ShouldNotBeEmpty();
        await ShopAsync(shopper, 60, 75);
        await EndsCleanAsync(system, shopper);
    }

    private static IReadOnlyList<string> AppsWithData => GatewayClient.Services;

    private static Task ShopAsync(Shopper shopper, int from, int to) => Parallel.ForEachAsync(
        Enumerable.Range(from, to - from),
        new ParallelOptions { MaxDegreeOfParallelism = Shoppers },
        async (i, _) => await shopper.ShopAsync(i));

    private static async Task EndsCleanAsync(SystemUnderTest system, Shopper shopper, TimeSpan? deadline = null)
    {
        var report = await shopper.AuditAsync(deadline);
        report.Violations.ShouldBeEmpty(system.Output);
    }

    private static async Task<IReadOnlyList<RepairEntry>> RepairsAsync(SystemUnderTest system)
    {
        var repairs = new List<RepairEntry>();
        foreach (var app in AppsWithData)
        {
            repairs.AddRange(await system.Gateway.RepairsAsync(app, after: 0, CancellationToken.None).ToListAsync());
        }

        return repairs;
    }
}

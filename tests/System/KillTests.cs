using Cli.Running;

namespace Tests.System;

/// <summary>
/// Goal: nothing that was acknowledged is lost, nothing is done twice, whichever process dies when.
/// Method: real processes, kill -9 in the middle of a stream of orders, 10 % of messages delivered twice, and the audit afterwards.
/// </summary>
public sealed class KillTests
{
    private const int Orders = 150;
    private const int Shoppers = 8;
    private const string LinuxOnly = "Killing a service needs /proc to find its process; this system has none.";

    [Theory]
    [InlineData("Orders.dll")]
    [InlineData("Inventory.dll")]
    [InlineData("Invoices.dll")]
    public async Task a_service_killed_in_mid_run_costs_nothing(string program)
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.1);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();

        await RunAsync(shopper, () =>
        {
            var killed = system.KillApp(program);
            return Task.FromResult(() =>
            {
                system.StartAgain(killed);
                return Task.CompletedTask;
            });
        });

        await EndsCleanAsync(system, shopper);
    }

    [Fact]
    public async Task the_sidecar_killed_in_mid_run_costs_nothing()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.1);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();

        await RunAsync(shopper, async () =>
        {
            await system.KillSidecarAsync();
            return system.StartSidecarAsync;
        });

        shopper.Retries.ShouldBeGreaterThan(0, "the clients should have noticed that the system was away");
        await EndsCleanAsync(system, shopper);
    }

    [Fact]
    public async Task orders_are_accepted_while_the_other_services_are_down()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync();
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var retries = shopper.Retries;
        var (inventory, invoices) = (system.KillApp("Inventory.dll"), system.KillApp("Invoices.dll"));

        for (var i = 0; i < 20; i++)
        {
            await shopper.ShopAsync(i);
        }

        shopper.Retries.ShouldBe(retries, "every write should have been accepted at once");
        shopper.Acknowledged.Count.ShouldBe(20);
        system.StartAgain(inventory);
        system.StartAgain(invoices);
        await EndsCleanAsync(system, shopper);
    }

    [Fact]
    public async Task a_stop_ends_every_process_and_a_second_start_finds_the_same_orders()
    {
        await using var system = await SystemUnderTest.StartAsync();
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        await shopper.ShopAsync(2);

        var (exitCode, left) = await system.StopAsync();

        exitCode.ShouldBe(0, system.Output);
        left.ShouldBeEmpty();
        await system.StartSidecarAsync();
        await EndsCleanAsync(system, shopper);
    }

    private static Task RunAsync(Shopper shopper, Func<Task<Func<Task>>> die) => shopper.ShopWhileAsync(Orders, Shoppers, die);

    private static async Task EndsCleanAsync(SystemUnderTest system, Shopper shopper)
    {
        var report = await shopper.AuditAsync();
        report.Violations.ShouldBeEmpty(system.Output);
        report.Checked.ShouldBeGreaterThan(shopper.Acknowledged.Count);
    }
}

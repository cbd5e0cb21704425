using Cli.Gateway;
using Cli.Running;
using Contracts;

namespace Tests.System;

/// <summary>
/// Goal: workflows under way survive the death of the app that runs their code and of the sidecar that keeps their history.
/// Method: Invoices is down, so that every workflow stands in the middle of its steps; then Orders and the sidecar die by kill -9.
/// </summary>
public sealed class WorkflowKillTests
{
    private const int Orders = 200;
    private const int Shoppers = 8;

    [Fact]
    public async Task two_hundred_workflows_in_flight_outlive_orders_and_the_sidecar()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, "Killing a service needs /proc to find its process; this system has none.");
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.1);
        var shopper = new Shopper(system.Gateway, [Patterns.Workflow]);
        await shopper.StockAsync();
        system.KillApp("Invoices.dll");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Orders),
            new ParallelOptions { MaxDegreeOfParallelism = Shoppers },
            async (i, _) => await shopper.ShopAsync(i));
        await Eventually.HoldsAsync(
            () => HalfAreReservedAsync(system), () => $"the workflows never came to their second step:\n{system.Output}");

        system.StartAgain(system.KillApp("Orders.dll"));
        await Eventually.HoldsAsync(() => AnswersAsync(system, AppIds.Orders), () => $"Orders did not come back:\n{system.Output}");
        system.KillApp("Orders.dll");
        await system.KillSidecarAsync();
        await system.StartSidecarAsync();

        var report = await shopper.AuditAsync();
        report.Violations.ShouldBeEmpty(system.Output);
        shopper.Acknowledged.Count.ShouldBe(Orders);
    }

    private static async Task<bool> HalfAreReservedAsync(SystemUnderTest system) =>
        (await system.Gateway.ProgressAsync(AppIds.Inventory, CancellationToken.None)).Unsettled > Orders / 2;

    private static async Task<bool> AnswersAsync(SystemUnderTest system, string appId)
    {
        try
        {
            await system.Gateway.ProgressAsync(appId, CancellationToken.None);
            return true;
        }
        catch (GatewayException)
        {
            return false;
        }
    }
}

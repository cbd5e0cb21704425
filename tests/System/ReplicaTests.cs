using Cli.Running;
using Contracts;

namespace Tests.System;

/// <summary>
/// Goal: a service in several instances on one database does what one does, and goes on where one of them dies.
/// Method: real processes, all services in two instances, kill -9 of one in the middle of a stream of orders, and the audit afterwards.
/// </summary>
public sealed class ReplicaTests
{
    private const int Orders = 150;
    private const int Shoppers = 8;
    private const string LinuxOnly = "Killing a service needs /proc to find its process; this system has none.";
    private static readonly string[] Two = [.. new[] { AppIds.Orders, AppIds.Inventory, AppIds.Invoices }.Select(app => $"{app}=2")];

    [Fact]
    public async Task all_services_in_two_instances_do_each_thing_once()
    {
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.1, replicas: Two);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var (before, retries) = (await system.Gateway.ProgressAsync(CancellationToken.None), shopper.Retries);

        await Parallel.ForAsync(0, Orders, new ParallelOptions { MaxDegreeOfParallelism = Shoppers }, async (i, _) => await shopper.ShopAsync(i));

        shopper.Retries.ShouldBe(retries, "nothing was away");
        await EndsCleanAsync(system, shopper);
        var after = await system.Gateway.ProgressAsync(CancellationToken.None);
        after.CountsLostSince(before).ShouldBeEmpty("whichever instance answers, it answers for all");
        var traffic = after.TrafficSince(before, Patterns.Events);
        traffic.Messages.ShouldBeGreaterThanOrEqualTo(3 * shopper.Acknowledged.Count / Patterns.Offered.Count, "placed, reserved, issued, of each third order");
    }

    [Theory]
    [InlineData("Orders.dll", 1)]
    [InlineData("Orders.dll", 2)]
    [InlineData("Inventory.dll", 2)]
    [InlineData("Invoices.dll", 1)]
    public async Task one_instance_killed_in_mid_run_costs_nothing(string program, int instance)
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.1, replicas: Two);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var retries = shopper.Retries;

        await shopper.ShopWhileAsync(Orders, Shoppers, () =>
        {
            var killed = system.KillInstance(program, instance);
            return Task.FromResult(() =>
            {
                system.StartAgain(killed);
                return Task.CompletedTask;
            });
        });

        (shopper.Retries - retries).ShouldBeLessThanOrEqualTo(Shoppers, "only what was in flight may have failed: the other instance goes on");
        await EndsCleanAsync(system, shopper);
    }

    [Fact]
    public async Task what_an_instance_that_never_comes_back_had_to_do_is_done_by_the_other()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        await using var system = await SystemUnderTest.StartAsync(replicas: Two);
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();

        await shopper.ShopWhileAsync(Orders, Shoppers, () =>
        {
            // One of each: workers of workflows, relays with their leases, consumers in mid-delivery.
            system.KillInstance("Orders.dll", 1);
            system.KillInstance("Inventory.dll", 2);
            system.KillInstance("Invoices.dll", 1);
            return Task.FromResult(() => Task.CompletedTask);
        });

        await EndsCleanAsync(system, shopper);
    }

    [Fact]
    public async Task invocations_pass_by_a_killed_instance()
    {
        Assert.SkipUnless(RunProcess.CanBeFound, LinuxOnly);
        const int calls = 2000;
        await using var system = await SystemUnderTest.StartAsync(replicas: Two);
        using var client = new HttpClient { BaseAddress = system.SidecarOf("Gateway.dll", 1) };
        client.DefaultRequestHeaders.Add("dapr-api-token", system.Secrets.DaprApiToken);
        var (done, failed) = (0, 0);

        var calling = Enumerable.Range(0, Shoppers).Select(async _ =>
        {
            while (Interlocked.Increment(ref done) <= calls)
            {
                using var answer = await client.GetAsync(new Uri("v1.0/invoke/inventory/method/products/none", UriKind.Relative));
                if ((int)answer.StatusCode != 404)
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }).ToList();
        await Eventually.HoldsAsync(() => Volatile.Read(ref done) > calls / 4);
        system.KillInstance("Inventory.dll", 1);
        await Task.WhenAll(calling);

        // In flight at the kill: at most one a caller, and half of these at the other instance.
        failed.ShouldBeLessThanOrEqualTo(Shoppers, "calls that were not in flight go to the instance that is left");
    }

    private static async Task EndsCleanAsync(SystemUnderTest system, Shopper shopper)
    {
        var report = await shopper.AuditAsync();
        report.Violations.ShouldBeEmpty(system.Output);
        report.Checked.ShouldBeGreaterThan(shopper.Acknowledged.Count);
    }
}

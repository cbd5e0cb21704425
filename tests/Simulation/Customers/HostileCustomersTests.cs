using Consistency.Conflicts;
using Consistency.Replication;
using Contracts.Customers;
using ServiceDefaults.Problems;

namespace Tests.Simulation.Customers;

/// <summary>
/// Goal: customers written in two services at once end the same in both, and an account has the limit of its profile, whatever happens.
/// Method: real handlers on real databases; messages without order, some twice, some lost; crashes; restored backups. One seed per run.
/// </summary>
public sealed class HostileCustomersTests
{
    private static readonly Hostility Hostile = new(Duplicate: 0.3, Crash: 0.02, BrokerAway: 0.1);
    private static readonly string[] Services = ["orders", "invoices"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task customers_end_the_same_everywhere_in_a_hostile_world(int seed)
    {
        await using var system = new CustomerSystem(new SimulatedWorld(seed, Hostile));
        for (var i = 0; i < 40; i++)
        {
            await WriteSomethingAsync(system, i);
            for (var steps = system.World.Random.Next(4); steps > 0; steps--)
            {
                await system.World.StepAsync();
            }
        }

        // One conflict for certain, whatever the seed made of the others.
        await system.PatchAsync("orders", "last", """{"email":"a@x.example"}""");
        await system.PatchAsync("invoices", "last", """{"email":"b@x.example"}""");
        await system.World.SettleAsync();

        system.Audit().ShouldBeEmpty($"seed {seed}");
        system.Snapshot().Customers!.Count.ShouldBe(system.Snapshot().BillingCustomers!.Count);
        system.World.Duplicates.ShouldBeGreaterThan(0);
        Logged(system).ShouldBeGreaterThan(0, $"seed {seed}");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task neither_lost_messages_nor_a_restored_service_cost_a_write_that_the_other_had_heard_of(int seed)
    {
        await using var system = new CustomerSystem(new SimulatedWorld(seed, Hostile with { LoseEvery = 4 }) { Syncs = true });
        var backup = await system.BackUpOrdersAsync();
        for (var i = 0; i < 30; i++)
        {
            await WriteSomethingAsync(system, i);
            await system.World.StepAsync();
            if (i == 10)
            {
                backup = await system.BackUpOrdersAsync();
            }
        }

        var known = Vectors(system);
        await system.RestoreOrdersAsync(backup);
        for (var i = 30; i < 40; i++)
        {
            await WriteSomethingAsync(system, i);
            await system.World.StepAsync();
        }

        await system.World.SyncAsync(ticks: 3);

        system.Audit().ShouldBeEmpty($"seed {seed}");
        var now = Vectors(system);
        known.ShouldAllBe(k => now[k.Key].Dominates(k.Value), $"seed {seed}");
    }

    private static Dictionary<string, VersionVector> Vectors(CustomerSystem system) => system.Invoices.Database
        .Read(db => db.ListRecords("customer", "", 100)).ToDictionary(r => r.Key, r => RecordStateJson.Read(r.Document).Vector);

    private static int Logged(CustomerSystem system) =>
        system.Orders.Database.ListConflicts(null, null, 0, 1000).Items.Count + system.Invoices.Database.ListConflicts(null, null, 0, 1000).Items.Count;

    private static async Task WriteSomethingAsync(CustomerSystem system, int i)
    {
        var random = system.World.Random;
        var (service, customer) = (Services[random.Next(2)], $"c{random.Next(3)}");
        var open = (service == "orders" ? system.ReadInOrders(customer) : system.ReadInInvoices(customer))?.Conflicts.FirstOrDefault(c => c.Open);
        if (open is not null && random.Next(2) == 0)
        {
            var value = open.Field == ProfileFields.Email ? $"\"decided{i}@x.example\"" : $"{1000 + i}";
            try
            {
                await system.ResolveAsync(service, customer, open.Field, value);
            }
            catch (RefusedException e) when (e.Status == 409)
            {
                // The process died after the commit, and was asked again by a client without an idempotency key.
            }

            return;
        }

        var patch = random.Next(5) switch
        {
            0 => $$"""{"name":"n{{i}}"}""",
            1 => $$"""{"email":"e{{i}}@x.example"}""",
            2 => $$"""{"creditLimitCents":{{random.Next(1, 100) * 100}}}""",
            3 => $$$"""{"shippingAddress":{"street":"s{{{i}}}"}}""",
            _ => $$$"""{"shippingAddress":{"city":"c{{{i}}}"},"billingAddress":{"postalCode":"{{{i}}}"}}""",
        };
        await system.PatchAsync(service, customer, patch);
    }
}

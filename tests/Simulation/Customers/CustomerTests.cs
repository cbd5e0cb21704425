using System.Text;
using System.Text.Json;
using Consistency.Conflicts;
using Consistency.Replication;
using Contracts.Conflicts;
using Contracts.Customers;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Customers;

namespace Tests.Simulation.Customers;

/// <summary>The story of one customer at a time, in a peaceful world: what is told, logged and decided.</summary>
public sealed class CustomerTests
{
    private static readonly Hostility Peaceful = new(0, 0, 0);

    [Fact]
    public async Task a_profile_written_in_one_service_is_read_in_the_other()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann","shippingAddress":{"street":"Weg 1","city":"Bonn","country":"DE"}}""");

        await system.World.SettleAsync();

        var read = system.ReadInInvoices("ann")!;
        read.Name.ShouldBe("Ann");
        read.ShippingAddress.ShouldBe(new PostalAddress("Weg 1", null, "Bonn", "DE"));
        read.Version.ShouldBe("orders-1:1");
        system.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_join_is_told_to_nobody_and_one_without_news_writes_nothing()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann"}""");
        await system.PatchAsync("invoices", "ann", """{"email":"ann@x.example"}""");
        await system.World.SettleAsync();
        var before = system.Snapshot();

        await system.World.SyncAsync(ticks: 3);

        system.Orders.Unsent().ShouldBe(0);
        system.Invoices.Unsent().ShouldBe(0);
        system.Snapshot().Customers.ShouldBe(before.Customers);
        Told(system.Orders).ShouldBe(1);
        Told(system.Invoices).ShouldBe(1);
    }

    [Fact]
    public async Task different_fields_written_at_the_same_time_are_both_kept_without_conflict()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann","billingAddress":{"street":"Weg 1"}}""");
        await system.PatchAsync("invoices", "ann", """{"email":"ann@x.example","billingAddress":{"city":"Bonn"}}""");

        await system.World.SettleAsync();

        foreach (var read in new[] { system.ReadInOrders("ann")!, system.ReadInInvoices("ann")! })
        {
            (read.Name, read.Email, read.BillingAddress).ShouldBe(("Ann", "ann@x.example", new PostalAddress("Weg 1", null, "Bonn")));
            read.Conflicts.ShouldBeEmpty();
        }

        system.Orders.Database.ListConflicts(null, null, 0, 10).Items.ShouldBeEmpty();
        system.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task of_two_names_the_last_counts_everywhere_and_the_other_is_logged_everywhere()
    {
        await using var system = Start();
        await system.PatchAsync("invoices", "ann", """{"name":"Anne"}""");
        system.World.Time.Advance(TimeSpan.FromSeconds(1));
        await system.PatchAsync("orders", "ann", """{"name":"Anna"}""");

        await system.World.SettleAsync();

        system.ReadInOrders("ann")!.Name.ShouldBe("Anna");
        system.ReadInInvoices("ann")!.Name.ShouldBe("Anna");
        foreach (var log in Logs(system))
        {
            var entry = log.ShouldHaveSingleItem();
            (entry.Field, entry.Policy, entry.ResolvedBy, entry.Kept.GetString()).ShouldBe(("name", "lww", "lww", "Anna"));
            entry.Siblings.Select(s => (s.Value.GetString(), s.Used)).ShouldBe([("Anne", false), ("Anna", true)]);
        }
    }

    [Fact]
    public async Task two_limits_wait_for_a_decision_and_the_account_has_the_lower_one_meanwhile()
    {
        await using var system = Start();
        await system.SetCreditLimitAsync("ann", 70_000);
        await system.PatchAsync("orders", "ann", """{"creditLimitCents":30000}""");
        system.AccountLimit("ann").ShouldBe(70_000);

        await system.World.SettleAsync();

        system.AccountLimit("ann").ShouldBe(30_000);
        system.ReadInOrders("ann")!.Conflicts.ShouldHaveSingleItem().Open.ShouldBeTrue();
        Logs(system).ShouldAllBe(log => log.Single().ResolvedAt == null);
        system.Audit().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("invoices")]
    public async Task a_decision_in_either_service_ends_the_conflict_in_both(string service)
    {
        await using var system = Start();
        await system.SetCreditLimitAsync("ann", 70_000);
        await system.PatchAsync("orders", "ann", """{"creditLimitCents":30000}""");
        await system.World.SettleAsync();

        await system.ResolveAsync(service, "ann", ProfileFields.CreditLimitCents, "60000");
        await system.World.SettleAsync();

        system.AccountLimit("ann").ShouldBe(60_000);
        foreach (var read in new[] { system.ReadInOrders("ann")!, system.ReadInInvoices("ann")! })
        {
            read.CreditLimitCents.ShouldBe(60_000);
            read.Conflicts.ShouldBeEmpty();
        }

        foreach (var entry in Logs(system).Select(log => log.Single()))
        {
            (entry.ResolvedBy, entry.Kept.GetInt64()).ShouldBe(($"{service}-1", 60_000));
            entry.Siblings.Select(s => s.Value.GetInt64()).ShouldBe([70_000, 30_000], ignoreOrder: true);
        }

        system.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task two_decisions_at_the_same_time_are_a_conflict_again()
    {
        await using var system = Start();
        await system.PatchAsync("invoices", "ann", """{"email":"a@x.example"}""");
        await system.PatchAsync("orders", "ann", """{"email":"b@x.example"}""");
        await system.World.SettleAsync();

        await system.ResolveAsync("orders", "ann", ProfileFields.Email, "\"c@x.example\"");
        await system.ResolveAsync("invoices", "ann", ProfileFields.Email, "\"d@x.example\"");
        await system.World.SettleAsync();

        system.ReadInOrders("ann")!.Conflicts.Single().Siblings.Select(s => s.Value.GetString()).ShouldBe(["c@x.example", "d@x.example"], ignoreOrder: true);
        Logs(system).ShouldAllBe(log => log.Count == 2 && log[0].ResolvedAt != null && log[1].ResolvedAt == null);
    }

    [Fact]
    public async Task what_no_event_brought_is_brought_by_the_feeds()
    {
        await using var system = Start(Peaceful with { LoseEvery = 1 });
        await system.PatchAsync("orders", "ann", """{"name":"Ann","creditLimitCents":1000}""");
        await system.PatchAsync("invoices", "ann", """{"email":"ann@x.example"}""");
        await system.World.SettleAsync();
        system.ReadInInvoices("ann")!.Name.ShouldBeNull();

        await system.World.SyncAsync(ticks: 3);

        system.ReadInInvoices("ann")!.Name.ShouldBe("Ann");
        system.AccountLimit("ann").ShouldBe(1000);
        system.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_service_restored_from_a_backup_gets_its_own_writes_back_and_loses_no_new_ones()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann"}""");
        await system.World.SettleAsync();
        var backup = await system.BackUpOrdersAsync();
        await system.PatchAsync("orders", "ann", """{"email":"after@backup.example"}""");
        await system.World.SettleAsync();

        // Its first write after the restore has the same number as the one that it has forgotten: not the same name.
        await system.RestoreOrdersAsync(backup);
        await system.PatchAsync("orders", "ann", """{"name":"Anna"}""");
        await system.World.SyncAsync(ticks: 3);

        foreach (var read in new[] { system.ReadInOrders("ann")!, system.ReadInInvoices("ann")! })
        {
            (read.Name, read.Email).ShouldBe(("Anna", "after@backup.example"));
            read.Version.ShouldBe("orders-1:1;orders-2:1;orders-3:1");
        }

        system.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task a_state_from_a_clock_far_ahead_is_refused_and_changes_nothing()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann"}""");
        var ahead = RecordState.Empty.Write(
            "invoices-9", system.World.Time.GetUtcNow() + (2 * ConflictLimits.DriftMax), new Dictionary<string, Leaf> { ["name"] = Leaf.Of("Anne") });
        var state = JsonElement.Parse(RecordStateJson.Write(ahead));

        await Should.ThrowAsync<ClockDriftException>(() => system.Orders.Writes.ExecuteAsync(w => system.InOrders.Apply(w, "ann", state)));

        system.ReadInOrders("ann")!.Version.ShouldBe("orders-1:1");
    }

    [Theory]
    [InlineData("creditLimitCents", "-1")]
    [InlineData("creditLimitCents", "\"much\"")]
    [InlineData("email", "7")]
    [InlineData("shippingAddress", "\"Bonn\"")]
    [InlineData("shippingAddress.city", "7")]
    public async Task a_state_that_no_service_would_have_accepted_is_refused_and_changes_nothing(string path, string value)
    {
        await using var system = Start();
        var state = JsonElement.Parse(
            $$$"""{"vector":{"orders-9":1},"registers":{"{{{path}}}":[{"at":"1.0@orders-9:1","value":{{{value}}}}]}}""");

        await Should.ThrowAsync<JsonException>(() => system.Invoices.Writes.ExecuteAsync(w => system.InInvoices.Apply(w, "ann", state)));

        system.ReadInInvoices("ann").ShouldBeNull();
        system.AccountLimit("ann").ShouldBeNull();
    }

    [Fact]
    public async Task fields_that_a_newer_version_knows_are_kept_and_passed_on()
    {
        await using var system = Start();
        var newer = RecordState.Empty.Write(
            "orders-9", system.World.Time.GetUtcNow(), new Dictionary<string, Leaf> { ["phone"] = Leaf.Of("1234"), ["name"] = Leaf.Of("Ann") });
        var state = JsonElement.Parse(RecordStateJson.Write(newer));
        await system.Orders.Writes.ExecuteAsync(w => system.InOrders.Apply(w, "ann", state));
        await system.PatchAsync("orders", "ann", """{"name":"Anna"}""");

        await system.World.SettleAsync();

        system.Snapshot().BillingCustomers!.Single().Document.ShouldContain("1234");
    }

    [Fact]
    public async Task replicas_with_other_policies_still_hold_the_same()
    {
        var manual = ProfilePolicies.Default.Select(r => r with { Policy = FieldPolicy.Manual }).ToList();
        await using var system = new CustomerSystem(new SimulatedWorld(1, Peaceful));
        var other = new CustomerReplica<Orders.Storage.OrdersDb>(new ReplicaId("orders-x"), manual);
        await system.Orders.Writes.ExecuteAsync(w => other.Patch(w, "ann", JsonElement.Parse("""{"name":"Ann"}""")));
        await system.PatchAsync("invoices", "ann", """{"name":"Anne"}""");

        await system.World.SettleAsync();

        system.Audit().ShouldBeEmpty();
        system.Orders.Database.Read(db => other.Find(db, "ann"))!.ToDetails().Conflicts.Single().Open.ShouldBeTrue();
        system.ReadInInvoices("ann")!.Conflicts.Single().Open.ShouldBeFalse();
    }

    [Fact]
    public async Task setting_a_credit_limit_answers_with_the_account_as_ever()
    {
        await using var system = Start();

        var answer = await system.SetCreditLimitAsync("ann", 123);

        Encoding.UTF8.GetString(answer.Body).ShouldBe("""{"customerId":"ann","creditLimitCents":123,"openCents":0}""");
    }

    [Fact]
    public async Task a_patch_without_a_change_writes_and_tells_nothing()
    {
        await using var system = Start();
        await system.PatchAsync("orders", "ann", """{"name":"Ann","shippingAddress":{"city":"Bonn"}}""");

        var again = await system.PatchAsync("orders", "ann", """{"name":"Ann","shippingAddress":{"city":"Bonn"},"email":null}""");

        again.Version.ShouldBe("orders-1:1");
        system.Orders.Unsent().ShouldBe(1);
    }

    private static CustomerSystem Start(Hostility? hostility = null) => new(new SimulatedWorld(seed: 1, hostility ?? Peaceful));

    // Sent messages stay in the table for a while: all that were ever published.
    private static long Told<TDb>(SimulatedService<TDb> service)
        where TDb : DbContext => service.Database.Read(db =>
        {
            using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT count(*) FROM outbox";
            return (long)command.ExecuteScalar()!;
        });

    private static IEnumerable<IReadOnlyList<ConflictEntry>> Logs(CustomerSystem system) =>
    [
        system.Orders.Database.ListConflicts(status: null, record: null, after: 0, 100).Items,
        system.Invoices.Database.ListConflicts(status: null, record: null, after: 0, 100).Items,
    ];
}

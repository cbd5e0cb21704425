using System.Text.Json;
using Consistency;
using Consistency.Auditing;
using Consistency.Commands;
using Consistency.Conflicts;
using Consistency.Replication;
using Contracts;
using Contracts.Customers;
using Contracts.Events;
using Contracts.Feeds;
using Contracts.Snapshots;
using Invoices.Accounts;
using Invoices.Storage;
using Microsoft.EntityFrameworkCore;
using Orders.Storage;
using ServiceDefaults.Customers;

namespace Tests.Simulation.Customers;

/// <summary>Orders and Invoices with their replicas of the customers: real handlers on real databases, in a simulated world.</summary>
internal sealed class CustomerSystem : IAsyncDisposable
{
    private const long CreditLimitCents = 50_000;
    private readonly string directory = Directory.CreateTempSubdirectory("customers-").FullName;
    private readonly CreditPolicy credit = new(CreditLimitCents);

    public CustomerSystem(SimulatedWorld world, IReadOnlyList<FieldRule>? rules = null)
    {
        World = world;
        Rules = rules ?? ProfilePolicies.Default;

        // Not the plans of the services: those name the replica of one process, and here each start has its own.
        Orders = new SimulatedService<OrdersDb>(
            "orders", directory, o => new OrdersDb(o), world, feed => feed.OfferCustomers(),
            sync => sync.Follow<CustomerState>(AppIds.Invoices, FeedKinds.Customer, (work, c, _) => InOrders.Apply(work, c.CustomerId, c.State)))
            .On<CustomerChanged>((work, message) => InOrders.On(work, message));
        Invoices = new SimulatedService<InvoicesDb>(
            "invoices", directory, o => new InvoicesDb(o), world, feed => feed.OfferCustomers(),
            sync => sync.Follow<CustomerState>(AppIds.Orders, FeedKinds.Customer, (work, c, _) => InInvoices.Apply(work, c.CustomerId, c.State)))
            .On<CustomerChanged>((work, message) => InInvoices.On(work, message));
    }

    public SimulatedWorld World { get; }

    public IReadOnlyList<FieldRule> Rules { get; }

    public SimulatedService<OrdersDb> Orders { get; }

    public SimulatedService<InvoicesDb> Invoices { get; }

    /// <summary>As the process that runs now made it: with a name of its own.</summary>
    public CustomerReplica<OrdersDb> InOrders => new(new ReplicaId($"orders-{Orders.Starts}"), Rules);

    public CustomerReplica<InvoicesDb> InInvoices => new(new ReplicaId($"invoices-{Invoices.Starts}"), Rules, credit.Follow);

    public Task<CustomerProfile> PatchAsync(string service, string customerId, string patch) => service == "orders"
        ? UntilAcknowledgedAsync(Orders, () => Orders.Writes.ExecuteAsync(w => InOrders.Patch(w, customerId, JsonElement.Parse(patch))))
        : UntilAcknowledgedAsync(Invoices, () => Invoices.Writes.ExecuteAsync(w => InInvoices.Patch(w, customerId, JsonElement.Parse(patch))));

    public Task<CustomerProfile> ResolveAsync(string service, string customerId, string field, string value) => service == "orders"
        ? UntilAcknowledgedAsync(Orders, () => Orders.Writes.ExecuteAsync(w => InOrders.Resolve(w, customerId, field, JsonElement.Parse(value))))
        : UntilAcknowledgedAsync(Invoices, () => Invoices.Writes.ExecuteAsync(w => InInvoices.Resolve(w, customerId, field, JsonElement.Parse(value))));

    public Task<CommandAnswer> SetCreditLimitAsync(string customerId, long cents) =>
        UntilAcknowledgedAsync(Invoices, () => Invoices.Writes.ExecuteAsync(w => SetCreditLimitCommand.Handle(w, customerId, cents, InInvoices)));

    public CustomerDetails? ReadInOrders(string customerId) => Orders.Database.Read(db => InOrders.Find(db, customerId))?.ToDetails();

    public CustomerDetails? ReadInInvoices(string customerId) => Invoices.Database.Read(db => InInvoices.Find(db, customerId))?.ToDetails();

    public long? AccountLimit(string customerId) => Invoices.Database.Read(db => db.FindAccount(customerId))?.CreditLimitCents;

    public async Task<int> BackUpOrdersAsync()
    {
        var backup = await Orders.BackUpAsync();
        World.Time.Advance(Limits.RelayLease * 2);
        return backup;
    }

    /// <summary>Puts Orders' database back; the next process waits for the lease that the backup holds.</summary>
    public async Task RestoreOrdersAsync(int backup)
    {
        await Orders.RestoreAsync(backup);
        World.Time.Advance(Limits.RelayLease * 2);
    }

    public SystemSnapshot Snapshot() => new(
        [], [], [], [],
        Invoices.Database.Read(db => db.Accounts.ToList()).ConvertAll(a => a.ToSnapshot()))
    {
        Customers = Records(Orders).ConvertAll(r => InOrders.Read(r).ToSnapshot()),
        BillingCustomers = Records(Invoices).ConvertAll(r => InInvoices.Read(r).ToSnapshot()),
    };

    public IReadOnlyList<string> Audit() =>
        [.. Consistency.Auditing.Audit.Run(Snapshot(), new AuditOptions(World.Time.GetUtcNow())).Violations.Select(v => v.ToString())];

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await Invoices.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static List<ReplicatedRecord> Records<TDb>(SimulatedService<TDb> service)
        where TDb : DbContext => service.Database.Read(db => db.ListRecords("customer", "", 1000));

    // Not repeated as it is: a client without an idempotency key writes anew, which is another write.
    private static async Task<T> UntilAcknowledgedAsync<T>(ISimulatedService service, Func<Task<T>> act)
    {
        while (true)
        {
            try
            {
                return await act();
            }
            catch (CrashException)
            {
                await service.RestartAsync();
            }
        }
    }
}

using Consistency.Auditing;
using Consistency.Replication;
using Contracts;
using Contracts.Events;
using Contracts.Ordering;
using Contracts.Snapshots;
using Contracts.Stock;
using Inventory.Adjusting;
using Inventory.Products;
using Inventory.Reconciling;
using Inventory.Reserving;
using Inventory.Storage;
using Invoices.Accounts;
using Invoices.Invoicing;
using Invoices.Reconciling;
using Invoices.Storage;
using Orders.Cancelling;
using Orders.Catalog;
using Orders.Placing;
using Orders.Reconciling;
using Orders.Settling;
using Orders.Storage;
using ServiceDefaults.Customers;

namespace Tests.Simulation;

/// <summary>Orders, Inventory and Invoices with their real handlers, in one process, in a simulated world.</summary>
internal sealed class SimulatedSystem : IAsyncDisposable
{
    private const long CreditLimitCents = 50_000;
    private readonly string directory = Directory.CreateTempSubdirectory("simulation-").FullName;
    private readonly List<string> acknowledged = [];
    private readonly HashSet<string> sent = new(StringComparer.Ordinal);

    public SimulatedSystem(SimulatedWorld world)
    {
        World = world;
        var customers = new CustomerReplica<OrdersDb>(new ReplicaId("orders-1"), ProfilePolicies.Default);
        Orders = new SimulatedService<OrdersDb>(
            "orders", directory, o => new OrdersDb(o), world, OrderFeeds.Offer, s => OrderFeeds.Follow(s, customers))
            .On<StockRejected>(SettlingEvents.On)
            .On<InvoiceIssued>(SettlingEvents.On)
            .On<InvoiceRefused>(SettlingEvents.On)
            .On<ProductChanged>(CatalogReplica.On);
        Inventory = new SimulatedService<InventoryDb>(
            "inventory", directory, o => new InventoryDb(o), world, InventoryFeeds.Offer, InventoryFeeds.Follow)
            .On<OrderPlaced>(ReservingEvents.On)
            .On<OrderConfirmed>(ReservingEvents.On)
            .On<OrderCancelled>(ReservingEvents.On);
        var book = Book;
        var billing = new CustomerReplica<InvoicesDb>(new ReplicaId("invoices-1"), ProfilePolicies.Default);
        Invoices = new SimulatedService<InvoicesDb>(
            "invoices", directory, o => new InvoicesDb(o), world, InvoiceFeeds.Offer, s => InvoiceFeeds.Follow(s, book, billing))
            .On<StockReserved>((work, message) => InvoicingEvents.On(work, message, book))
            .On<OrderCancelled>(InvoicingEvents.On);
    }

    public SimulatedWorld World { get; }

    /// <summary>The pattern that orders are placed with.</summary>
    public string Pattern { get; set; } = Patterns.Events;

    public SimulatedService<OrdersDb> Orders { get; }

    public SimulatedService<InventoryDb> Inventory { get; }

    public SimulatedService<InvoicesDb> Invoices { get; }

    public InvoiceBook Book { get; } = new(new CreditPolicy(CreditLimitCents));

    public IReadOnlyList<string> Acknowledged => acknowledged;

    /// <summary>Stocks products, and waits until Orders knows them.</summary>
    public async Task StockAsync(params (string Sku, long PriceCents, long Quantity)[] products)
    {
        foreach (var (sku, price, quantity) in products)
        {
            await UntilAcknowledgedAsync(Inventory, () => Inventory.Writes.ExecuteAsync(
                work => work.Commands.Once($"product/{sku}", "", work.Now, () => ProductCommands.Put(work, new PutProduct(sku, sku, price)))));
            await UntilAcknowledgedAsync(Inventory, () => Inventory.Writes.ExecuteAsync(
                work => work.Commands.Once($"stock/{sku}", "", work.Now, () => AdjustStockCommand.Handle(work, sku, quantity))));
        }

        while (Orders.Database.Read(db => db.Catalog.Count()) < products.Length)
        {
            await World.StepAsync();
        }
    }

    /// <summary>A product gets another name.</summary>
    public Task RenameAsync(string sku, string name, long priceCents) =>
        UntilAcknowledgedAsync(Inventory, () => Inventory.Writes.ExecuteAsync(work => ProductCommands.Put(work, new PutProduct(sku, name, priceCents))));

    /// <summary>A customer places an order, and sends it again with the same key until the answer arrives.</summary>
    public async Task<string> PlaceAsync(string key, string customer, params (string Sku, long Quantity)[] lines)
    {
        var request = new PlaceOrder(customer, [.. lines.Select(l => new PlaceOrderLine(l.Sku, l.Quantity))]);
        var answer = await UntilAcknowledgedAsync(Orders, () => Orders.Writes.ExecuteAsync(
            work => work.Commands.Once($"place/{key}", "", work.Now, () => PlaceOrderHandler.Handle(work, request, Pattern))));
        var orderId = answer.Location!["/orders/".Length..];
        acknowledged.Add(orderId);
        sent.Add(orderId);
        return orderId;
    }

    /// <summary>The customer cancels.</summary>
    public Task CancelAsync(string orderId) =>
        UntilAcknowledgedAsync(Orders, () => Orders.Writes.ExecuteAsync(work => CancelOrder.Handle(work, orderId)));

    public Task<int> BackUpAsync(string appId) => Service(appId).BackUpAsync();

    public Task RestoreAsync(string appId, int backup) => Service(appId).RestoreAsync(backup);

    /// <summary>
    /// Orders whose database was put back before anybody else had heard of them are lost, unless a message of them is still under way.
    /// </summary>
    public void ForgetUnknownElsewhere()
    {
        var snapshot = Snapshot();
        var known = snapshot.Orders.Select(o => o.OrderId)
            .Concat(snapshot.Reservations.Select(r => r.OrderId))
            .Concat(snapshot.Invoices.Select(i => i.OrderId))
            .ToHashSet(StringComparer.Ordinal);
        acknowledged.RemoveAll(o => !known.Contains(o));
    }

    public SystemSnapshot Snapshot() => new(
        Orders.Database.Read(db => db.Orders.ToList()).ConvertAll(o => o.ToSnapshot()),
        Inventory.Database.Read(db => db.Stock.ToList()).ConvertAll(s => s.ToLevel()),
        Inventory.Database.Read(db => db.Reservations.ToList()).ConvertAll(r => r.ToSnapshot()),
        Invoices.Database.Read(db => db.Invoices.ToList()).ConvertAll(i => i.ToSnapshot()),
        Invoices.Database.Read(db => db.Accounts.ToList()).ConvertAll(a => a.ToSnapshot()))
    {
        Catalog = Orders.Database.Read(db => db.Catalog.ToList()).ConvertAll(c => c.ToItem()),
    };

    /// <summary>Violations of the audit, and orders that never settled.</summary>
    public IReadOnlyList<string> Audit()
    {
        var snapshot = Snapshot();
        var report = Consistency.Auditing.Audit.Run(
            snapshot, new AuditOptions(World.Time.GetUtcNow()) { Acknowledged = acknowledged, Sent = sent });
        return
        [
            .. report.Violations.Select(v => v.ToString()),
            .. snapshot.Orders.Where(o => o.Status == OrderStatuses.Pending).Select(o => $"{o.OrderId} never settled"),
            .. snapshot.Reservations.Where(r => r.Status == ReservationStatuses.Reserved).Select(r => $"{r.OrderId} is still reserved"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await Inventory.DisposeAsync();
        await Invoices.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private ISimulatedService Service(string appId) =>
        ((ISimulatedService[])[Orders, Inventory, Invoices]).Single(s => s.AppId == appId);

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

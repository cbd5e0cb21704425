using Consistency;
using Consistency.Identity;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Gateway.Views;
using Gateway.Views.Following;
using Gateway.Views.Reading;
using Microsoft.Extensions.Time.Testing;
using ServiceDefaults.Feeds;
using Tests.Unit.Consistency;

namespace Tests.Unit.Gateway.Views;

/// <summary>Three owners, and a gateway's view on a real SQLite file, as many "processes" on it as a test starts.</summary>
internal sealed class ViewFixture : IFeedClient, IOrderOwner, IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("view-").FullName;
    private readonly List<Process> processes = [];

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public Dictionary<string, FakeOwner> Owners { get; } = new(StringComparer.Ordinal);

    public FakeOwner Orders => Owners[AppIds.Orders];

    public FakeOwner Inventory => Owners[AppIds.Inventory];

    public FakeOwner Invoices => Owners[AppIds.Invoices];

    public KeptLog Log { get; } = new();

    /// <summary>Ids that the owner was asked for.</summary>
    public List<string> Asked { get; } = [];

    public ViewFixture()
    {
        foreach (var source in Editions.Sources)
        {
            Owners[source] = new FakeOwner(Time);
        }
    }

    /// <summary>Starts a gateway process on the given file, which dies the first time it comes to a point.</summary>
    public Process Start(CrashPoint crashAt)
    {
        var isDead = false;
        return Start(point => point == crashAt && !isDead && (isDead = true));
    }

    /// <summary>Starts a gateway process on the given file.</summary>
    public Process Start(Func<CrashPoint, bool>? dies = null, string file = "gateway")
    {
        var process = new Process(Path.Combine(directory, file + ".db"), this, dies);
        processes.Add(process);
        return process;
    }

    public Task<ChangePage> ReadAsync(
        string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
    {
        lane.ShouldBe(FeedLanes.All);
        lock (Owners)
        {
            return Task.FromResult(Owners[source].Read(after));
        }
    }

    public Task<OrderDetails?> FindAsync(string orderId, bool now, CancellationToken cancellationToken)
    {
        Asked.Add(orderId);
        return Task.FromResult(
            Orders.Records.TryGetValue((FeedKinds.Order, orderId), out var change) && !change.Deleted ? Details(change.Read<OrderState>()) : null);
    }

    /// <summary>Orders accepts or changes an order.</summary>
    public OrderState PutOrder(
        string id, long version = 1, string status = OrderStatuses.Pending, string customer = "ann", string pattern = Patterns.Events,
        OrderAttention? attention = null)
    {
        var order = new OrderState(
            id, customer, pattern, status, ReasonCode: null, Detail: null, InvoiceNumber: null, [new OrderLine("apple", 2, 100, 1)], 200, version,
            Time.GetUtcNow(), Time.GetUtcNow(), Time.GetUtcNow(), StockReserved: false, Healing: false, attention);
        Orders.Put(FeedKinds.Order, id, order);
        return order;
    }

    public void PutReservation(string id, string status = ReservationStatuses.Reserved) => Inventory.Put(
        FeedKinds.Reservation, id, new ReservationState(id, status, null, null, [], Time.GetUtcNow(), null));

    public void PutInvoice(string id, string status = InvoiceStatuses.Issued, string? number = "INV-00000001", string? note = null) => Invoices.Put(
        FeedKinds.Invoice, id, new InvoiceState(id, "ann", status, number, note, null, null, 200, Time.GetUtcNow()));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static OrderDetails Details(OrderState order) => new(
        order.OrderId, order.CustomerId, order.Pattern, order.Status, order.ReasonCode, order.Detail, order.InvoiceNumber, order.Lines,
        order.TotalCents, order.Version, order.PlacedAt, order.ChangedAt, order.Attention);

    public sealed class Process : IAsyncDisposable
    {
        private readonly Func<CrashPoint, bool>? dies;
        private readonly Dictionary<string, ViewFollower> followers;

        public Process(string path, ViewFixture fixture, Func<CrashPoint, bool>? dies)
        {
            this.dies = dies;
            Database = new Database<ViewsDb>(path, o => new ViewsDb(o));
            Database.ApplySchema([.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(ViewsDb).Assembly, "service")], fixture.Time);
            Writes = new WriteQueue<ViewsDb>(Database, new UuidV7Source(fixture.Time), fixture.Time, Hook);
            followers = Editions.Sources.ToDictionary(
                s => s, s => new ViewFollower(s, Database, Writes, fixture, Signal, fixture.Time, fixture.Log, crash: Hook), StringComparer.Ordinal);
            Reads = new OrderReads(Database, Signal, fixture, fixture.Time);
        }

        public Database<ViewsDb> Database { get; }

        public WriteQueue<ViewsDb> Writes { get; }

        public ViewSignal Signal { get; } = new();

        public OrderReads Reads { get; }

        public EditionState State => Database.Read(db => db.State());

        public DateTimeOffset AsOf => Database.Read(db => ViewFreshness.Read(db).AsOf);

        public ViewFollower Follower(string source) => followers[source];

        /// <summary>One page of one feed.</summary>
        public Task<bool> FollowAsync(string source) => followers[source].FollowAsync(TimeSpan.Zero, CancellationToken.None);

        /// <summary>Reads on until no feed has anything new, and no rebuild is under way.</summary>
        public async Task CatchUpAsync()
        {
            while (await FollowAsync(AppIds.Orders) | await FollowAsync(AppIds.Inventory) | await FollowAsync(AppIds.Invoices)
                || State.Building is not null)
            {
                // There was something.
            }
        }

        public async Task RebuildAsync() => await Writes.ExecuteAsync(work =>
        {
            Editions.Request(work, "the test asked for it");
            return true;
        });

        public OrderRow? Row(string orderId) => Database.Read(db => db.FindOrder(orderId));

        /// <summary>All rows of the serving edition, in key order.</summary>
        public IReadOnlyList<OrderViewSnapshot> Rows() => Reads.Snapshot(after: null, limit: 1000).Items;

        public async ValueTask DisposeAsync()
        {
            await Writes.DisposeAsync();
            Database.Dispose();
        }

        private void Hook(CrashPoint point)
        {
            if (dies?.Invoke(point) == true)
            {
                throw new CrashException(point);
            }
        }
    }
}

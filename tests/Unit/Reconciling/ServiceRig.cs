using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Repairs;
using Consistency.Storage;
using Contracts;
using Contracts.Feeds;
using Contracts.Ordering;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Reconciling;

/// <summary>One service's database with its writer, and nothing around it.</summary>
internal sealed class ServiceRig<TDb> : IAsyncDisposable
    where TDb : DbContext
{
    private readonly string directory = Directory.CreateTempSubdirectory("reconciling-").FullName;

    public ServiceRig(Func<DbContextOptions<TDb>, TDb> create)
    {
        Database = new Database<TDb>(Path.Combine(directory, "service.db"), create);
        Database.ApplySchema([.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(TDb).Assembly, "service")], Time);
        Feed = new ChangeFeed<TDb>(Database);
        Feed.BeginGeneration(new UuidV7Source(Time), Time);
        Writes = new WriteQueue<TDb>(Database, new UuidV7Source(Time), Time);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public Database<TDb> Database { get; }

    public ChangeFeed<TDb> Feed { get; }

    public WriteQueue<TDb> Writes { get; }

    public IReadOnlyList<RepairEntry> Repairs => Database.Repairs(after: 0, size: 1000).Items;

    /// <summary>Types of the events that wait to be published, in order.</summary>
    public IReadOnlyList<string> Events =>
        [.. new OutboxStore<TDb>(Database, Writes).Unsent(1000).Select(m => m.Type)];

    /// <summary>End of the feed: what has not moved was not written to.</summary>
    public long FeedEnd => Feed.Read(FeedCursor.Start, lane: null, 1000).Cursor.Sequence;

    public Task DoAsync(Action<UnitOfWork<TDb>> act) => Writes.ExecuteAsync(work =>
    {
        act(work);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await Writes.DisposeAsync();
        Database.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}

/// <summary>Orders as Orders' feed tells them.</summary>
internal static class Told
{
    public const string OrderId = "order-1";
    public static readonly IReadOnlyList<string> Patterns = global::Contracts.Patterns.Offered;
    public static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(-1);

    public static OrderState Order(string status, string pattern, bool stockReserved = false) => new(
        OrderId,
        "customer",
        pattern,
        status,
        status == OrderStatuses.Cancelled ? ReasonCodes.CustomerCancelled : null,
        status == OrderStatuses.Cancelled ? "The customer cancelled the order." : null,
        status == OrderStatuses.Confirmed ? "INV-00000001" : null,
        [new OrderLine("sku", 2, 100, 1)],
        200,
        status switch { OrderStatuses.Pending => 1, OrderStatuses.Confirmed => 2, _ => 3 },
        Then,
        Then,
        Then,
        stockReserved,
        Healing: false,
        Attention: null);
}

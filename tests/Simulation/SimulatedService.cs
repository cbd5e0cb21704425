using System.Text.Json;
using Consistency;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts.Events;
using Contracts.Feeds;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Feeds;
using ServiceDefaults.Messaging;
using ServiceDefaults.Syncing;

namespace Tests.Simulation;

/// <summary>
/// One service's real handlers on a real database file, as a process that can die: at a crash point everything in memory is given
/// up, and a new process opens the file.
/// </summary>
internal sealed class SimulatedService<TDb> : ISimulatedService
    where TDb : DbContext
{
    private readonly string path;
    private readonly Func<DbContextOptions<TDb>, TDb> create;
    private readonly SimulatedWorld world;
    private readonly Dictionary<string, Func<SimulatedService<TDb>, BulkSubscribeMessage<JsonElement>, Task<BulkSubscribeAppResponse>>> handlers = new(StringComparer.Ordinal);

    private readonly FeedBuilder<TDb> offer = new();
    private readonly SyncPlan<TDb> plan = new();
    private Dictionary<string, FeedFollower<TDb>> followers = [];
    private FeedSource<TDb> feed = null!;
    private int backups;

    public SimulatedService(
        string appId,
        string directory,
        Func<DbContextOptions<TDb>, TDb> create,
        SimulatedWorld world,
        Action<FeedBuilder<TDb>> offer,
        Action<SyncPlan<TDb>> follow)
    {
        AppId = appId;
        path = Path.Combine(directory, appId + ".db");
        this.create = create;
        this.world = world;
        offer(this.offer);
        follow(plan);
        Open();
        world.Add(this);
    }

    public string AppId { get; }

    public Database<TDb> Database { get; private set; } = null!;

    public WriteQueue<TDb> Writes { get; private set; } = null!;

    public OutboxRelay<TDb> Relay { get; private set; } = null!;

    public OutboxStore<TDb> Outbox { get; private set; } = null!;

    public IEnumerable<string> Sources => plan.Sources;

    public SimulatedService<TDb> On<TEvent>(EventHandling<TDb, TEvent> handle)
    {
        var type = EventTypeAttribute.Of<TEvent>();
        world.Subscribe(this, type);
        handlers[type.Type] = (service, delivery) =>
            new EventDispatch<TDb, TEvent>(service.Writes, new ServiceIdentity(AppId, AppId), handle, NullLogger.Instance, world.Crash)
                .HandleAsync(delivery, CancellationToken.None);
        return this;
    }

    public Task<BulkSubscribeAppResponse> DeliverAsync(string type, BulkSubscribeMessage<JsonElement> delivery) => handlers[type](this, delivery);

    public Task RelayAsync() => Relay.RelayAllAsync(CancellationToken.None);

    public long Unsent() => Outbox.Depth();

    /// <summary>Processes that were started on this database.</summary>
    public int Starts { get; private set; }

    public ChangePage ReadFeed(FeedQuery query) => feed.Read(query);

    public async Task<int> FollowAsync(string source, string lane)
    {
        var quiet = lane == FeedLanes.Pushed ? SimulatedWorld.Grace : TimeSpan.Zero;
        var page = await followers[source].FollowAsync(lane, quiet, wait: TimeSpan.Zero, CancellationToken.None);
        return page?.Count ?? 0;
    }

    public Task RetryAsync(string source) => followers[source].RetryAsync(CancellationToken.None);

    /// <summary>Copies the database while it is closed; a number to restore it by.</summary>
    public async Task<int> BackUpAsync()
    {
        await RestartAsync(() => File.Copy(path, $"{path}.{++backups}"));
        return backups;
    }

    /// <summary>Puts the database back to an earlier state.</summary>
    public Task RestoreAsync(int backup) => RestartAsync(() =>
    {
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "-*"))
        {
            File.Delete(file);
        }

        File.Copy($"{path}.{backup}", path, overwrite: true);
    });

    /// <summary>The process dies; the next one starts on what was committed.</summary>
    public Task RestartAsync() => RestartAsync(() => { });

    public async ValueTask DisposeAsync()
    {
        await Writes.DisposeAsync();
        Database.Dispose();
    }

    private async Task RestartAsync(Action whileClosed)
    {
        await DisposeAsync();
        whileClosed();
        world.Time.Advance(Limits.RelayLease * 2);
        Open();
    }

    private void Open()
    {
        Starts++;
        Database = new Database<TDb>(path, create);
        Database.ApplySchema([.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(TDb).Assembly, "service")], world.Time);
        var changes = new ChangeFeed<TDb>(Database);
        changes.BeginGeneration(new UuidV7Source(world.Time), world.Time);
        Writes = new WriteQueue<TDb>(Database, new UuidV7Source(world.Time), world.Time, world.Crash);
        Outbox = new OutboxStore<TDb>(Database, Writes);
        Relay = new OutboxRelay<TDb>(
            Outbox, Writes, world.PublisherFor(AppId), $"{AppId}-{world.NextInstance()}", world.Time, NullLogger.Instance, world.Crash);
        feed = new FeedSource<TDb>(Database, changes, Writes.Changes, offer, world.Time);
        followers = plan.Sources.ToDictionary(
            s => s, s => new FeedFollower<TDb>(s, plan, world.FeedClient, Database, Writes, NullLogger.Instance), StringComparer.Ordinal);
    }
}

internal interface ISimulatedService : IAsyncDisposable
{
    string AppId { get; }

    Task<BulkSubscribeAppResponse> DeliverAsync(string type, BulkSubscribeMessage<JsonElement> delivery);

    Task RelayAsync();

    Task RestartAsync();

    long Unsent();

    /// <summary>Whose feeds it follows.</summary>
    IEnumerable<string> Sources { get; }

    ChangePage ReadFeed(FeedQuery query);

    /// <summary>Reads on in a source's lane; the number of changes that came.</summary>
    Task<int> FollowAsync(string source, string lane);

    /// <summary>Tries again what could not be applied.</summary>
    Task RetryAsync(string source);

    Task<int> BackUpAsync();

    Task RestoreAsync(int backup);
}

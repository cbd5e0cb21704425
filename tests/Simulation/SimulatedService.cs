using System.Text.Json;
using Consistency;
using Consistency.DeadLetters;
using Consistency.Feeds;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts;
using Contracts.DeadLetters;
using Contracts.Events;
using Contracts.Feeds;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.DeadLetters;
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
    private readonly List<Action> subscriptions = [];
    private readonly Dictionary<string, Func<BulkSubscribeMessage<JsonElement>, Task<BulkSubscribeAppResponse>>> routes = new(StringComparer.Ordinal);

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

    /// <summary>The dead letters of this process.</summary>
    public LetterDecisions<TDb> Decisions { get; private set; } = null!;

    public ParkedReleases<TDb> Releases { get; private set; } = null!;

    private EventHandlers<TDb> Handlers { get; set; } = null!;

    public SimulatedService<TDb> On<TEvent>(EventHandling<TDb, TEvent> handle)
    {
        var type = EventTypeAttribute.Of<TEvent>();
        world.Subscribe(this, type);
        subscriptions.Add(() =>
        {
            var dispatch = new EventDispatch<TDb, TEvent>(
                Writes, new ServiceIdentity(AppId, AppId), (work, message) => HandleOrFail(work, message, type.Topic, handle), NullLogger.Instance, world.Crash);
            Handlers.Add(type.Type, dispatch);
            routes[type.Type] = delivery => dispatch.HandleAsync(delivery, CancellationToken.None);
            routes[Topics.DeadLetterOf(type.Topic)] = delivery => KeepAllAsync(type.Topic, delivery);
        });
        subscriptions[^1]();
        return this;
    }

    public Task<BulkSubscribeAppResponse> DeliverAsync(string route, BulkSubscribeMessage<JsonElement> delivery) => routes[route](delivery);

    public Task<long> ReleaseAsync() => Releases.ReleaseAsync(CancellationToken.None);

    public Task<LettersOutcome> ReplayAllAsync() =>
        Decisions.ReplayAllAsync(new ReplayLetters(All: true, Force: true), CancellationToken.None);

    public IReadOnlyList<DeadLetterEntry> Letters() =>
        Database.ListDeadLetters(status: null, new DeadLetterFilter(), world.Time.GetUtcNow(), after: 0, size: int.MaxValue - 1).Items;

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

    // Whatever comes before its time, though a message of the same aggregate is dead or parked that comes before it, is remembered against the system.
    private void HandleOrFail<TEvent>(UnitOfWork<TDb> work, Received<TEvent> message, string topic, EventHandling<TDb, TEvent> handle)
    {
        if (world.HandlerFails())
        {
            throw new InvalidOperationException("this handler is not well");
        }

        handle(work, message);
        if (DeadLetterStore.IsHeld(work, topic, message.Subject, message.Version - 1, message.Id))
        {
            world.OutOfTurn.Add($"{AppId}: {typeof(TEvent).Name} {message.Version} of {message.Subject}");
        }
    }

    private async Task<BulkSubscribeAppResponse> KeepAllAsync(string topic, BulkSubscribeMessage<JsonElement> delivery)
    {
        var answer = await DeadLetterTopics.KeepAllAsync(
            topic, delivery, Writes, new ServiceIdentity(AppId, AppId), Handlers, NullLogger.Instance, CancellationToken.None);
        world.Crash(CrashPoint.BeforeAcknowledge);
        return answer;
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
        Handlers = new EventHandlers<TDb>();
        Releases = new ParkedReleases<TDb>(Database, Writes, Handlers.Handle, world.Time, NullLogger<ParkedReleases<TDb>>.Instance);
        Decisions = new LetterDecisions<TDb>(Database, Writes, Handlers.Handle, Releases, world.Time, world.Crash);
        subscriptions.ForEach(subscribe => subscribe());
        feed = new FeedSource<TDb>(Database, changes, Writes.Changes, offer, world.Time);
        followers = plan.Sources.ToDictionary(
            s => s, s => new FeedFollower<TDb>(s, plan, world.FeedClient, Database, Writes, NullLogger.Instance), StringComparer.Ordinal);
    }
}

internal interface ISimulatedService : IAsyncDisposable
{
    string AppId { get; }

    /// <summary>Delivers to an event type, or to a dead-letter topic.</summary>
    Task<BulkSubscribeAppResponse> DeliverAsync(string route, BulkSubscribeMessage<JsonElement> delivery);

    /// <summary>Handles what is parked and waits for nothing any more.</summary>
    Task<long> ReleaseAsync();

    /// <summary>An operator replays all dead letters.</summary>
    Task<LettersOutcome> ReplayAllAsync();

    IReadOnlyList<DeadLetterEntry> Letters();

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

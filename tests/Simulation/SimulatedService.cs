using System.Text.Json;
using Consistency;
using Consistency.Identity;
using Consistency.Outbox;
using Consistency.Storage;
using Contracts.Events;
using Dapr.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Messaging;

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

    public SimulatedService(string appId, string directory, Func<DbContextOptions<TDb>, TDb> create, SimulatedWorld world)
    {
        AppId = appId;
        path = Path.Combine(directory, appId + ".db");
        this.create = create;
        this.world = world;
        Open();
    }

    public string AppId { get; }

    public Database<TDb> Database { get; private set; } = null!;

    public WriteQueue<TDb> Writes { get; private set; } = null!;

    public OutboxRelay<TDb> Relay { get; private set; } = null!;

    public OutboxStore<TDb> Outbox { get; private set; } = null!;

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

    /// <summary>Keeps a copy of the database, as an operator's backup does.</summary>
    public void BackUp()
    {
        File.Delete(path + ".backup");
        Database.Read(db => db.Database.ExecuteSqlRaw("VACUUM INTO {0}", path + ".backup"));
    }

    /// <summary>The database is lost; the next process starts on the last backup.</summary>
    public async Task RestoreAsync()
    {
        await DisposeAsync();
        File.Copy(path + ".backup", path, overwrite: true);
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        world.Time.Advance(Limits.RelayLease * 2);
        Open();
    }

    /// <summary>The process dies; the next one starts on what was committed.</summary>
    public async Task RestartAsync()
    {
        await DisposeAsync();
        world.Time.Advance(Limits.RelayLease * 2);
        Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Writes.DisposeAsync();
        Database.Dispose();
    }

    private void Open()
    {
        Starts++;
        Database = new Database<TDb>(path, create);
        Database.ApplySchema([.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(TDb).Assembly, "service")], world.Time);
        Writes = new WriteQueue<TDb>(Database, new UuidV7Source(world.Time), world.Time, world.Crash);
        Outbox = new OutboxStore<TDb>(Database, Writes);
        Relay = new OutboxRelay<TDb>(
            Outbox, Writes, world.PublisherFor(AppId), $"{AppId}-{world.NextInstance()}", world.Time, NullLogger.Instance, world.Crash);
    }
}

internal interface ISimulatedService : IAsyncDisposable
{
    string AppId { get; }

    Task<BulkSubscribeAppResponse> DeliverAsync(string type, BulkSubscribeMessage<JsonElement> delivery);

    Task RelayAsync();

    Task RestartAsync();

    long Unsent();
}

using Consistency.Identity;
using Consistency.Storage;
using Contracts.Snapshots;
using Gateway.Views;
using Gateway.Views.Following;
using Gateway.Views.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Simulation;

/// <summary>A gateway's view of orders in a simulated world: it follows the services' real feeds, and dies at crash points as they do.</summary>
internal sealed class SimulatedView : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("simulated-view-").FullName;
    private readonly SimulatedWorld world;
    private Dictionary<string, ViewFollower> followers = [];

    public SimulatedView(SimulatedWorld world)
    {
        this.world = world;
        Open();
    }

    public Database<ViewsDb> Database { get; private set; } = null!;

    public WriteQueue<ViewsDb> Writes { get; private set; } = null!;

    /// <summary>A page of a feed of the seed's choice, or a rebuild; the process may die at it, or the feed be away.</summary>
    public async Task StepAsync()
    {
        try
        {
            if (world.Random.Next(40) == 0)
            {
                await RebuildAsync();
            }

            await FollowAsync(Editions.Sources[world.Random.Next(Editions.Sources.Count)]);
        }
        catch (CrashException)
        {
            await DisposeAsync(keepFiles: true);
            Open();
        }
        catch (HttpRequestException)
        {
            // The owner was away.
        }
    }

    /// <summary>Follows until nothing new comes and no rebuild is under way. In a calm world.</summary>
    public async Task CatchUpAsync()
    {
        bool isBusy;
        do
        {
            isBusy = Database.Read(db => db.State()).Building is not null;
            foreach (var source in Editions.Sources)
            {
                isBusy |= await FollowAsync(source);
            }
        }
        while (isBusy);
    }

    public Task RebuildAsync() => Writes.ExecuteAsync(work =>
    {
        Editions.Request(work, "the test asked for it");
        return true;
    });

    /// <summary>All rows; read in small pages, as an audit reads.</summary>
    public IReadOnlyList<OrderViewSnapshot> Rows()
    {
        var rows = new List<OrderViewSnapshot>();
        var after = "";
        while (true)
        {
            var page = Database.Read(db => OrderListing.ReadAll(db, after, count: 7)).ConvertAll(r => r.ToSnapshot());
            if (page.Count == 0)
            {
                return rows;
            }

            rows.AddRange(page);
            after = page[^1].OrderId;
        }
    }

    public async ValueTask DisposeAsync() => await DisposeAsync(keepFiles: false);

    private Task<bool> FollowAsync(string source) => followers[source].FollowAsync(TimeSpan.Zero, CancellationToken.None);

    private async Task DisposeAsync(bool keepFiles)
    {
        await Writes.DisposeAsync();
        Database.Dispose();
        if (!keepFiles)
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private void Open()
    {
        Database = new Database<ViewsDb>(Path.Combine(directory, "gateway.db"), o => new ViewsDb(o));
        Database.ApplySchema([.. SchemaStep.Kernel, .. SchemaStep.FromResources(typeof(ViewsDb).Assembly, "service")], world.Time);
        Writes = new WriteQueue<ViewsDb>(Database, new UuidV7Source(world.Time), world.Time, world.Crash);
        followers = Editions.Sources.ToDictionary(
            s => s,
            s => new ViewFollower(
                s, Database, Writes, world.FeedClient, new ViewSignal(), world.Time, NullLogger.Instance, crash: world.Crash),
            StringComparer.Ordinal);
    }
}

using System.Collections.Concurrent;
using Consistency;
using Consistency.Feeds;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Feeds;
using ServiceDefaults.Syncing;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults.Syncing;

/// <summary>A tally as its owner's feed tells it.</summary>
public sealed record TallyState(string Name, long Count);

/// <summary>An owner with its feed, and followers on a database of their own.</summary>
internal sealed class FollowingRig : IAsyncDisposable
{
    public const string Source = "owner";
    private readonly KernelFixture fixture = new();

    public FollowingRig()
    {
        Owner = fixture.Start(file: "owner.db");
        var offer = new FeedBuilder<TallyDb>().Offer(
            "tally",
            (db, keys) => db.Fed.FromSqlRaw("SELECT * FROM fed_tally WHERE Name IN (SELECT value FROM json_each({0}))", keys),
            t => new TallyState(t.Name, t.Count));
        Feed = new FeedSource<TallyDb>(Owner.Database, Owner.Feed, Owner.Writes.Changes, offer, fixture.Time);
        Client = new InProcessFeed(Feed);
    }

    public KernelFixture Fixture => fixture;

    public KernelFixture.Process Owner { get; }

    public FeedSource<TallyDb> Feed { get; }

    public InProcessFeed Client { get; }

    public KeptLog Log { get; } = new();

    /// <summary>Names whose changes cannot be applied.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; } = new(StringComparer.Ordinal);

    /// <summary>What was applied, in order, repetitions included.</summary>
    public ConcurrentQueue<string> Applied { get; } = new();

    public KernelFixture.Process Start(CrashPoint? crashAt = null) => fixture.Start(crashAt, "follower.db");

    public SyncPlan<TallyDb> Plan() => new SyncPlan<TallyDb>().Follow<TallyState>(Source, "tally", (work, state, _) =>
    {
        if (Poison.ContainsKey(state.Name))
        {
            throw new InvalidOperationException($"{state.Name} is poison");
        }

        Applied.Enqueue(state.Name);
        var copy = work.Db.Tallies.Find(state.Name) ?? work.Db.Tallies.Add(new Tally { Name = state.Name }).Entity;
        copy.Count = state.Count;
    });

    public FeedFollower<TallyDb> Follower(KernelFixture.Process process, IFeedClient? client = null) =>
        new(Source, Plan(), client ?? Client, process.Database, process.Writes, Log);

    public async Task RaiseAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await Owner.Writes.ExecuteAsync(work => FedTally.Raise(work, name));
        }
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();
}

/// <summary>Reads the owner's feed without a sidecar; away when told so.</summary>
internal sealed class InProcessFeed(FeedSource<TallyDb> feed) : IFeedClient
{
    // Instead of the wait that was asked for: the owner's clock stands still.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public bool IsAway { get; set; }

    public int PageMax { get; set; } = FeedLimits.PageMax;

    /// <summary>Runs between the reading of a page and its application.</summary>
    public Func<string, Task> AfterRead { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<(string After, string Lane, TimeSpan Quiet)> Asked { get; } = new();

    public async Task<ChangePage> ReadAsync(
        string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
    {
        Asked.Enqueue((after, lane, quiet));
        if (IsAway)
        {
            throw new HttpRequestException($"{source} is away");
        }

        FeedCursor.TryParse(after, out var cursor).ShouldBeTrue();
        var page = feed.Read(new FeedQuery(cursor, lane == FeedLanes.Pulled ? Lane.Pulled : Lane.Pushed, PageMax, quiet, wait));
        await AfterRead(lane);
        if (page.Items.Count == 0 && wait > TimeSpan.Zero)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return page;
    }
}

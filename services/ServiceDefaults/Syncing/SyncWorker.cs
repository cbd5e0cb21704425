using System.Diagnostics;
using System.Threading.Channels;
using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Feeds;

namespace ServiceDefaults.Syncing;

/// <summary>Runs a session at each tick. A tick during a session asks for one more behind it, however many come.</summary>
internal sealed class SyncWorker<TDb>(
    SyncPlan<TDb> plan,
    IFeedClient client,
    Database<TDb> database,
    WriteQueue<TDb> writes,
    SyncSettings settings,
    TimeProvider time,
    ILogger<SyncWorker<TDb>> logger,
    FeedPulls? pulls = null) : BackgroundService
    where TDb : DbContext
{
    // Each with the request that asked, for the session's span to link to.
    private readonly Channel<ActivityContext> ticks = Channel.CreateBounded<ActivityContext>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for a session.</summary>
    public void Wake() => ticks.Writer.TryWrite(Span.Current);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Span.LeaveCaller();
        // Not before the first tick: the app fills the plan while it starts.
        List<FeedFollower<TDb>>? followers = null;
        await foreach (var tick in ticks.Reader.ReadAllAsync(stoppingToken))
        {
            followers ??= [.. plan.Sources.Select(s => new FeedFollower<TDb>(s, plan, client, database, writes, logger, pulls))];
            await new SyncSession<TDb>(followers, plan.Chores, settings, time, logger).RunAsync(stoppingToken, tick);
        }
    }
}

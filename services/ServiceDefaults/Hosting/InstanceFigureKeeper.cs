using Consistency.Feeds;
using Consistency.Instances;
using Consistency.Storage;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Feeds;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Hosting;

/// <summary>
/// Keeps what this instance counts, and what it is told by followers, in the database that it shares with the others: GET /progress reaches
/// any of them, and must not tell a part for the whole. What the others count is as old as <see cref="Interval"/>; what one counted between
/// that and a kill -9 is lost.
/// </summary>
internal sealed partial class InstanceFigureKeeper<TDb>(
    WriteQueue<TDb> writes, ServiceIdentity identity, TrafficMeter traffic, FeedReaders<TDb> readers, TimeProvider time,
    ILogger<InstanceFigureKeeper<TDb>> logger) : BackgroundService
    where TDb : DbContext
{
    /// <summary>How often. Sketch: a write of a few rows that rides with others in one commit, and none where nothing was counted.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim keeping = new(1);
    private readonly Dictionary<string, PatternTraffic> kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FeedCursor> keptCursors = new(StringComparer.Ordinal);
    private bool hasForgotten;

    /// <summary>Keeps what is new; completes after the commit. Where the database cannot be written, it is tried again later.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await keeping.WaitAsync(cancellationToken);
        try
        {
            if (!hasForgotten)
            {
                await writes.ExecuteAsync(InstanceFigures.ForgetEnded, cancellationToken);
                hasForgotten = true;
            }

            var counts = traffic.Read().Where(c => kept.GetValueOrDefault(c.Key) != c.Value).ToDictionary(StringComparer.Ordinal);
            var cursors = readers.Told().Where(t => !keptCursors.TryGetValue(t.Key, out var cursor) || cursor != t.Value.Cursor).ToList();
            if (counts.Count == 0 && cursors.Count == 0)
            {
                return;
            }

            await writes.ExecuteAsync(work => Keep(work, counts, cursors), cancellationToken);
            foreach (var (pattern, count) in counts)
            {
                kept[pattern] = count;
            }

            foreach (var (follower, (cursor, _)) in cursors)
            {
                keptCursors[follower] = cursor;
            }
        }
#pragma warning disable CA1031 // A full disk, for example: tried again. The counts are still here.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotKept(logger, e);
        }
        finally
        {
            keeping.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        keeping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await KeepAsync(stoppingToken);
        }
    }

    private bool Keep(
        UnitOfWork<TDb> work, Dictionary<string, PatternTraffic> counts, IReadOnlyList<KeyValuePair<string, (FeedCursor, DateTimeOffset)>> cursors)
    {
        InstanceFigures.KeepTraffic(work, identity.InstanceId, counts);
        foreach (var (follower, (cursor, toldAt)) in cursors)
        {
            InstanceFigures.KeepReader(work, follower, cursor, toldAt);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What this instance has counted could not be kept; it is tried again")]
    private static partial void LogNotKept(ILogger logger, Exception exception);
}

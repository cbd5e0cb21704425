using Consistency.Feeds;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Feeds;

namespace ServiceDefaults.Syncing;

/// <summary>How far a page has brought the follower.</summary>
/// <param name="Count">Changes that it had.</param>
/// <param name="More">True if more can be read at once.</param>
internal readonly record struct FollowedPage(int Count, bool More);

/// <summary>
/// Follows one source: reads a page, applies it, and moves the cursor in the transaction that applies its last part. A crash before that reads
/// the page again, which changes nothing; so do two instances that follow with the same cursor, of which one moves it.
/// </summary>
internal sealed class FeedFollower<TDb>(
    string source, SyncPlan<TDb> plan, IFeedClient client, Database<TDb> database, WriteQueue<TDb> writes, ILogger logger,
    FeedPulls? pulls = null)
    where TDb : DbContext
{
    // Sketch: 0.1 to 0.3 ms per change, so a bite holds the writer for some 20 ms at most; clients' writes go in between.
    private const int BiteMax = 64;

    // Tried at once: what fails for ever must not become the main work of every synchronization.
    private const int RetriesMax = 256;

    private readonly IReadOnlyDictionary<string, Action<UnitOfWork<TDb>, Change>> handlers = plan.HandlersOf(source);
    private bool isAway;

    public string Source => source;

    /// <summary>Reads on in a lane and applies what is there; null where the source does not answer.</summary>
    /// <param name="lane">One of <see cref="FeedLanes"/>.</param>
    /// <param name="quiet">Only what has not changed for so long; zero for everything.</param>
    /// <param name="wait">How long the source may wait for something to tell.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<FollowedPage?> FollowAsync(string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
    {
        var (cursor, _) = database.FeedPosition(source, lane);
        if (await ReadAsync(cursor, lane, quiet, wait, cancellationToken) is not { } page)
        {
            return null;
        }

        if (page.Rewound)
        {
            await writes.ExecuteAsync(
                work =>
                {
                    KeptChanges.Outdate(work, source);
                    return true;
                },
                cancellationToken);
        }

        var known = page.Items.Where(c => handlers.ContainsKey(c.Kind)).ToList();
        for (; known.Count > BiteMax; known.RemoveRange(0, BiteMax))
        {
            await ApplyAsync(known[..BiteMax], _ => true, cancellationToken);
        }

        if (page.Cursor != cursor || known.Count > 0)
        {
            await ApplyAsync(
                known, work => FeedCursors.TryAdvance(work, source, lane, cursor, page.Cursor, page.AsOf), cancellationToken);
        }

        if (lane == FeedLanes.Pulled)
        {
            pulls?.Note(source);
        }

        return new FollowedPage(page.Items.Count, page.More);
    }

    /// <summary>
    /// Tries again what could not be applied; and goes on as long as most of it can be now, since what kept them all is over then.
    /// </summary>
    public async Task RetryAsync(CancellationToken cancellationToken)
    {
        int count, failed;
        do
        {
            var kept = database.KeptOf(source, RetriesMax);
            (count, failed) = (kept.Count, 0);
            foreach (var bite in kept.Chunk(BiteMax))
            {
                failed += await ApplyAsync(bite, _ => true, cancellationToken);
            }
        }
        while (count == RetriesMax && failed < count / 2);
    }

    private async Task<ChangePage?> ReadAsync(
        string cursor, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var page = await client.ReadAsync(source, cursor, lane, quiet, wait, cancellationToken);
            if (page.Rewound)
            {
                logger.OwnerRewound(source, lane);
            }

            if (isAway)
            {
                logger.OwnerBack(source);
                isAway = false;
            }

            return page;
        }
#pragma warning disable CA1031 // Whatever keeps the owner from answering (away, overloaded, restarting) is over some day: the next tick tries again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!isAway)
            {
                logger.OwnerAway(source, e.Message);
                isAway = true;
            }

            return null;
        }
    }

    // Each change is a unit of its own: one that fails takes back only itself, and is kept. Returns how many failed.
    private Task<int> ApplyAsync(IReadOnlyList<Change> changes, Func<UnitOfWork<TDb>, bool> advance, CancellationToken cancellationToken) =>
        writes.ExecuteAllAsync(
            changes.Select<Change, Func<UnitOfWork<TDb>, bool>>(change => work =>
            {
                handlers[change.Kind](work, change);
                return true;
            }),
            (work, outcomes) =>
            {
                var failed = outcomes.Count(o => o.Error is not null);
                if (!advance(work))
                {
                    // Another instance on this database was faster, and keeps what failed.
                    return failed;
                }

                var anyKept = KeptChanges.Any(work, source);
                for (var i = 0; i < changes.Count; i++)
                {
                    if (outcomes[i].Error is { } error)
                    {
                        Keep(work, changes[i], error);
                    }
                    else if (anyKept)
                    {
                        KeptChanges.Forget(work, source, changes[i]);
                    }
                }

                return failed;
            },
            cancellationToken);

    private void Keep(UnitOfWork<TDb> work, Change change, Exception error)
    {
        if (KeptChanges.Keep(work, source, change, error.Message))
        {
            logger.ChangeKept(source, change.Kind, change.Key, error.Message);
        }
    }
}

using Consistency;
using Consistency.Feeds;
using Consistency.Storage;
using Consistency.Telemetry;
using Contracts.Feeds;
using ServiceDefaults.Feeds;

namespace Gateway.Views.Following;

/// <summary>
/// Follows the feed of one service, for the edition that serves and the one being built, one page after the other. An owner that is away
/// makes the view older, and nothing else.
/// </summary>
internal sealed class ViewFollower(
    string source, Database<ViewsDb> database, WriteQueue<ViewsDb> writes, IFeedClient feeds, ViewSignal signal, TimeProvider time, ILogger logger,
    Func<ChangePage, Task>? whenApplied = null, CrashHook? crash = null, FeedPulls? pulls = null)
{
    /// <summary>Follows until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Span.LeaveCaller();
        var pause = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var hadChanges = await FollowAsync(ViewLimits.FeedWait, cancellationToken);
                if (pause > TimeSpan.Zero)
                {
                    logger.FollowsAgain(source);
                }

                pause = TimeSpan.Zero;
                if (hadChanges)
                {
                    await Task.Delay(ViewLimits.PageGap, time, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever keeps a page from being read or applied (owner away, disk full) is tried again; reads go on meanwhile.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (pause == TimeSpan.Zero)
                {
                    logger.CannotFollow(source, e);
                }

                pause = pause == TimeSpan.Zero ? ViewLimits.PauseMin : pause * 2 < ViewLimits.PauseMax ? pause * 2 : ViewLimits.PauseMax;
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Reads and applies one page for each edition that needs one of its own; true if there may be more to read at once.
    /// </summary>
    /// <param name="wait">How long the owner may wait for the next change, where nothing is to be caught up with.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<bool> FollowAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var (active, building) = database.Read(db =>
        {
            var state = db.State();
            var isComplete = db.Complete.Any(c => c.Edition == state.Building && c.Source == source);
            return (state.Active, isComplete ? null : state.Building);
        });
        var isCatchingUp = building is { } edition && await ReadPageAsync(edition, TimeSpan.Zero, cancellationToken);
        return await ReadPageAsync(active, isCatchingUp ? TimeSpan.Zero : wait, cancellationToken) || isCatchingUp;
    }

    private async Task<bool> ReadPageAsync(long edition, TimeSpan wait, CancellationToken cancellationToken)
    {
        var (cursor, asOf) = database.FeedPosition(source, Editions.Lane(edition));
        var page = await feeds.ReadAsync(source, cursor, FeedLanes.All, quiet: TimeSpan.Zero, wait, cancellationToken);
        if (!await writes.ExecuteAsync(work => PageApplying.Apply(work, new Reading(source, edition, cursor, asOf), page), cancellationToken))
        {
            return true;
        }

        crash?.Invoke(CrashPoint.BeforeAcknowledge);
        pulls?.Note(source);
        signal.Set(page.Items.Where(c => c.Kind == FeedKinds.Order).Select(c => c.Key));
        if (whenApplied is not null)
        {
            await whenApplied(page);
        }

        if (page.Rewound)
        {
            logger.OwnerWasRewound(source);
        }

        return page.Items.Count > 0 || page.More || page.Rewound;
    }
}

using System.Diagnostics;
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
/// <param name="Effects">How many of them took effect, or could not.</param>
/// <param name="More">True if more can be read at once.</param>
internal readonly record struct FollowedPage(int Count, int Effects, bool More);

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

    // As a span's lane: what was kept, of whichever.
    private const string Again = "kept";

    private readonly IReadOnlyDictionary<string, Action<UnitOfWork<TDb>, Change>> handlers = plan.HandlersOf(source);
    private bool isAway;

    public string Source => source;

    /// <summary>The synchronization that it follows in, for spans to link to.</summary>
    public ActivityContext Session { get; set; }

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
        var effects = 0;
        for (; known.Count > BiteMax; known.RemoveRange(0, BiteMax))
        {
            effects += (await ApplyAsync(known[..BiteMax], lane, _ => true, cancellationToken)).Effects;
        }

        if (page.Cursor != cursor || known.Count > 0)
        {
            effects += (await ApplyAsync(
                known, lane, work => FeedCursors.TryAdvance(work, source, lane, cursor, page.Cursor, page.AsOf), cancellationToken)).Effects;
        }

        if (lane == FeedLanes.Pulled)
        {
            pulls?.Note(source);
        }

        return new FollowedPage(page.Items.Count, effects, page.More);
    }

    /// <summary>
    /// Tries again what could not be applied; and goes on as long as most of it can be now, since what kept them all is over then.
    /// Returns how many took effect.
    /// </summary>
    public async Task<int> RetryAsync(CancellationToken cancellationToken)
    {
        int count, failed;
        var effects = 0;
        do
        {
            var kept = database.KeptOf(source, RetriesMax);
            (count, failed) = (kept.Count, 0);
            foreach (var bite in kept.Chunk(BiteMax))
            {
                var applied = await ApplyAsync(bite, Again, _ => true, cancellationToken);
                failed += applied.Failed;
                effects += applied.Effects;
            }
        }
        while (count == RetriesMax && failed < count / 2);

        return effects;
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

    // Each change is a unit of its own: one that fails takes back only itself, and is kept.
    private async Task<Applied> ApplyAsync(
        IReadOnlyList<Change> changes, string lane, Func<UnitOfWork<TDb>, bool> advance, CancellationToken cancellationToken)
    {
        var spans = changes.Select(c => Begin(c, lane)).ToList();
        var firstFailures = new HashSet<Change>(ReferenceEqualityComparer.Instance);
        var outcomes = await writes.ExecuteAllAsync(
            changes.Zip(spans, (change, span) => (
                (Func<UnitOfWork<TDb>, bool>)(work => work.TakesEffect(() => handlers[change.Kind](work, change))), span.Traceparent)),
            (work, ended) =>
            {
                // Where another instance on this database was faster, that one keeps what failed.
                if (advance(work))
                {
                    KeepFailed(work, changes, ended, firstFailures);
                }

                return ended;
            },
            cancellationToken);
        for (var i = 0; i < changes.Count; i++)
        {
            End(spans[i], outcomes[i], firstFailures.Contains(changes[i]));
        }

        return new Applied(outcomes.Count(o => o.Error is not null), outcomes.Count(o => o is { Error: null, Value: true }) + firstFailures.Count);
    }

    private void KeepFailed(UnitOfWork<TDb> work, IReadOnlyList<Change> changes, IReadOnlyList<Outcome<bool>> outcomes, HashSet<Change> firstFailures)
    {
        var anyKept = KeptChanges.Any(work, source);
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (outcomes[i].Error is not { } error)
            {
                if (anyKept)
                {
                    KeptChanges.Forget(work, source, change);
                }
            }
            else if (KeptChanges.Keep(work, source, change, error.Message))
            {
                firstFailures.Add(change);
                logger.ChangeKept(source, change.Kind, change.Key, error.Message);
            }
        }
    }

    // In the trace of the write that made the change, so that what it does here belongs to that.
    private Span Begin(Change change, string lane)
    {
        var span = Span.Continue("reconcile", change.Kind, ActivityKind.Consumer, change.Traceparent, Session);
        return span.IsRecorded
            ? span.With(SpanTags.FeedSource, source).With(SpanTags.FeedLane, lane).With(SpanTags.Subject, change.Key)
            : span;
    }

    // Most changes tell what is known here already, and what fails is tried again with every session: neither is worth a span.
    private static void End(Span span, Outcome<bool> outcome, bool isFirstFailure)
    {
        if (outcome is { Error: null, Value: true })
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Handled).End();
        }
        else if (isFirstFailure)
        {
            span.With(SpanTags.Outcome, MessageOutcomes.Retry).Failed(outcome.Error!.Message).End();
        }
        else
        {
            span.Forget();
        }
    }

    private readonly record struct Applied(int Failed, int Effects);
}

using System.Diagnostics;
using Consistency.Telemetry;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Syncing;

/// <summary>
/// One synchronization. All services are woken at the same time and go on until nothing new has come for a while, so that an order passes
/// all its hops within one session, instead of one hop per tick. What is pushed is looked at beside it, once it has been quiet for the grace
/// time; what is found missing there goes on in the pulled lane at once.
/// </summary>
internal sealed class SyncSession<TDb>(
    IReadOnlyList<FeedFollower<TDb>> followers,
    IReadOnlyList<Func<CancellationToken, Task>> chores,
    SyncSettings settings,
    TimeProvider time,
    ILogger logger)
    where TDb : DbContext
{
    private long started;
    private long newsAt;
    private int effects;
    private volatile bool hasFailed;

    /// <summary>Runs one session; never two at once.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="tick">What asked for it, for its span to link to.</param>
    public async Task RunAsync(CancellationToken cancellationToken, ActivityContext tick = default)
    {
        // A trace of its own, and not current: its many polls would be all that there is to see. What it applies links to it.
        var span = Span.Root("sync session", tick);
        foreach (var follower in followers)
        {
            follower.Session = span.Context;
        }

        started = time.GetTimestamp();
        NoteNews();
        await Task.WhenAll(
        [
            .. followers.Select(f => GuardAsync(PullAsync, f, cancellationToken)),
            .. followers.Select(f => GuardAsync(CheckAsync, f, cancellationToken)),
            .. chores.Select(c => GuardAsync(DoAsync, c, cancellationToken)),
        ]);
        if (effects > 0 || hasFailed)
        {
            span.With(SpanTags.FeedEffects, effects).End();
        }
        else
        {
            // Some 2,000 an hour, per service, that found nothing.
            span.Forget();
        }
    }

    private async Task PullAsync(FeedFollower<TDb> follower, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref effects, await follower.RetryAsync(cancellationToken));
        while (true)
        {
            var wait = TimeLeft();
            var page = await follower.FollowAsync(FeedLanes.Pulled, quiet: TimeSpan.Zero, wait, cancellationToken);
            if (page is not { } read)
            {
                return;
            }

            Interlocked.Add(ref effects, read.Effects);
            if (read.Count > 0)
            {
                NoteNews();
            }

            if (read.More ? IsOver(settings.BacklogMax) : TimeLeft() <= TimeSpan.Zero)
            {
                return;
            }

            // Not asked again at once: what the owner commits meanwhile comes in one page, instead of one page each.
            if (read.Count > 0)
            {
                await Task.Delay(settings.PagePause, time, cancellationToken);
            }
        }
    }

    private async Task CheckAsync(FeedFollower<TDb> follower, CancellationToken cancellationToken)
    {
        while (await follower.FollowAsync(FeedLanes.Pushed, settings.Grace, wait: TimeSpan.Zero, cancellationToken) is { } read)
        {
            Interlocked.Add(ref effects, read.Effects);
            if (read.Count > 0)
            {
                NoteNews();
            }

            if (!read.More || IsOver(settings.BacklogMax))
            {
                return;
            }

            await Task.Delay(settings.PagePause, time, cancellationToken);
        }
    }

    // What it waits for may never answer, and the session must end.
    private async Task DoAsync(Func<CancellationToken, Task> chore, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.BacklogMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await chore(either.Token);
    }

    // One lane that fails does not keep the others from being read.
    private async Task GuardAsync<T>(Func<T, CancellationToken, Task> act, T what, CancellationToken cancellationToken)
    {
        try
        {
            await act(what, cancellationToken);
        }
#pragma warning disable CA1031 // Logged; the next tick tries again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            hasFailed = true;
            logger.SessionFailed(e);
        }
    }

    private void NoteNews() => Volatile.Write(ref newsAt, time.GetTimestamp());

    private bool IsOver(TimeSpan limit) => time.GetElapsedTime(started) > limit;

    private TimeSpan TimeLeft()
    {
        var untilQuiet = settings.Linger - time.GetElapsedTime(Volatile.Read(ref newsAt));
        var untilEnd = settings.SessionMax - time.GetElapsedTime(started);
        var left = untilQuiet < untilEnd ? untilQuiet : untilEnd;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

using System.Collections.Concurrent;
using Consistency.Storage;
using Consistency.Telemetry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

/// <summary>
/// Sends the channel of workflows: in order per aggregate, different aggregates side by side. An aggregate whose message fails waits alone;
/// where all fail the engine is away, and everything waits. A message may be sent twice (a process dies before the mark, a send outlives its
/// lease), so starting what runs and telling what is known must change nothing.
/// </summary>
public sealed class WorkflowRelay<TDb> : Relay<TDb>
    where TDb : DbContext
{
    // Lost with the process, which only means that the next one tries at once.
    private readonly ConcurrentDictionary<string, Postponed> postponed = new(StringComparer.Ordinal);
    private readonly IWorkflowSender sender;

    /// <summary>Listens for commits; <see cref="Relay{TDb}.RunAsync"/> does the work.</summary>
    /// <param name="store">The outbox, channel <see cref="OutboxChannel.Workflow"/>.</param>
    /// <param name="writes">Whose commits wake the relay.</param>
    /// <param name="sender">The way to the workflow engine.</param>
    /// <param name="owner">Unique name of this instance, for the lease.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failed sends are told.</param>
    /// <param name="crash">Called at each crash point; for tests.</param>
    public WorkflowRelay(
        OutboxStore<TDb> store,
        WriteQueue<TDb> writes,
        IWorkflowSender sender,
        string owner,
        TimeProvider time,
        ILogger logger,
        CrashHook? crash = null)
        : base(store, writes, owner, time, logger, crash) => this.sender = sender;

    /// <inheritdoc/>
    public override async Task RelayAllAsync(CancellationToken cancellationToken)
    {
        var (after, dueCount, sentCount) = (0L, 0, 0);
        Exception? failure = null;
        while (await HoldLeaseAsync(cancellationToken) && Store.Unsent(Limits.WorkflowBatchMax, after) is { Count: > 0 } messages)
        {
            var page = await SendPageAsync(messages, cancellationToken);
            dueCount += page.DueCount;
            sentCount += page.Sent.Count;
            failure ??= page.Failure;
            if (page is { Sent.Count: 0, HasFirstFailure: true })
            {
                break;
            }

            after = page.IsDone ? messages[^1].Sequence : after;
        }

        if (dueCount == 0 && after == 0)
        {
            // Nothing waits, or another instance sends it.
            postponed.Clear();
        }

        // Where nothing else was due, a failure says nothing about the engine: what comes next need not wait.
        if (failure is not null && sentCount == 0 && dueCount > 1)
        {
            throw new WorkflowEngineAwayException(failure);
        }
    }

    private async Task<Page> SendPageAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        // What has never failed comes first, then what has waited longest: however many aggregates fail for ever, they hold nobody up.
        var due = messages
            .GroupBy(m => m.Subject, StringComparer.Ordinal)
            .Where(g => !IsPostponed(g.Key))
            .OrderBy(g => postponed.TryGetValue(g.Key, out var entry) ? entry.Until : DateTimeOffset.MinValue)
            .ToList();
        var page = new Page(due.Count);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Limits.WorkflowSendsMax, CancellationToken = cancellationToken },
            async (group, cancellation) =>
            {
                // None begins that the lease may not outlast.
                if (Time.GetUtcNow() <= LeasedUntil - Limits.WorkflowSendTimeout && page.TryBegin())
                {
                    await SendInOrderAsync(group, page, cancellation);
                }
            });
        if (!page.Sent.IsEmpty)
        {
            Crash?.Invoke(CrashPoint.AfterPublish);
            Crash?.Invoke(CrashPoint.BeforeMark);
            await Store.MarkSentAsync([.. page.Sent]);
        }

        return page;
    }

    private async Task SendInOrderAsync(IGrouping<string, OutboxMessage> messages, Page page, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            try
            {
                await SendAsync(message, cancellationToken);
                page.Sent.Add(message);
                postponed.TryRemove(message.Subject, out _);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                page.Fail(e, isFirst: Postpone(message.Subject, e));
                return;
            }
        }
    }

    // Within a trace that goes on from the work that caused the message, and for no longer than half a lease: an engine may block a start
    // until a worker connects.
    private async Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var span = MessageSpans.Send(message, Time.GetUtcNow());
        span.EnterOrCarry();
        using var timeOut = new CancellationTokenSource(Limits.WorkflowSendTimeout, Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeOut.Token);
        try
        {
            await sender.SendAsync(message, stop.Token).WaitAsync(stop.Token);
            span.End();
        }
        catch (Exception e)
        {
            // The next attempt is a call of its own to the engine, and a span of its own.
            span.Failed(e.Message).End();
            if (timeOut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The workflow engine did not answer within {Limits.WorkflowSendTimeout.TotalSeconds} s.", e);
            }

            throw;
        }
    }

    private bool IsPostponed(string subject) => postponed.TryGetValue(subject, out var entry) && Time.GetUtcNow() < entry.Until;

    /// <summary>True if it failed for the first time.</summary>
    private bool Postpone(string subject, Exception failure)
    {
        var isFirst = !postponed.TryGetValue(subject, out var last);
        var pause = isFirst ? Limits.RelayPauseMin : last.Pause * 2;
        pause = pause < Limits.RelayPauseMax ? pause : Limits.RelayPauseMax;
        postponed[subject] = new Postponed(Time.GetUtcNow() + pause, pause);
        Logger.MessagePostponed(subject, pause.TotalMilliseconds, failure.Message);
        return isFirst;
    }

    private readonly record struct Postponed(DateTimeOffset Until, TimeSpan Pause);

    /// <summary>What came of a page; its sends report side by side.</summary>
    /// <param name="dueCount">Aggregates that were to be sent.</param>
    private sealed class Page(int dueCount)
    {
        private int begun;
        private volatile Exception? failure;
        private volatile bool hasFirstFailure;

        public int DueCount => dueCount;

        public ConcurrentBag<OutboxMessage> Sent { get; } = [];

        public Exception? Failure => failure;

        /// <summary>An aggregate failed that never had: the engine may be away. Those that had failed before say nothing new.</summary>
        public bool HasFirstFailure => hasFirstFailure;

        /// <summary>
        /// False where the page is to be read again: some of it was sent, and some did not begin. Where all that began had failed before,
        /// the rest has its turn with the next round, and other pages now.
        /// </summary>
        public bool IsDone => begun == dueCount || (Sent.IsEmpty && failure is not null);

        /// <summary>
        /// An engine that is away is not asked once for every message there is: after a failure few begin unless one has come through.
        /// </summary>
        public bool TryBegin()
        {
            if (Interlocked.Increment(ref begun) <= Limits.WorkflowSendsMax || failure is null || !Sent.IsEmpty)
            {
                return true;
            }

            Interlocked.Decrement(ref begun);
            return false;
        }

        public void Fail(Exception error, bool isFirst)
        {
            failure = error;
            hasFirstFailure |= isFirst;
        }
    }
}

/// <summary>No message of a page could be sent to the workflow engine; all wait.</summary>
public sealed class WorkflowEngineAwayException(Exception cause)
    : Exception($"The workflow engine takes no messages: {cause.Message}", cause);

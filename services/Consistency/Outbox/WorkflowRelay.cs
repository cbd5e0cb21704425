using System.Collections.Concurrent;
using System.Diagnostics;
using Consistency.Storage;
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
        var after = 0L;
        while (await HoldLeaseAsync(cancellationToken) && Store.Unsent(Limits.WorkflowBatchMax, after) is { Count: > 0 } messages)
        {
            after = await SendPageAsync(messages, cancellationToken) ? messages[^1].Sequence : after;
        }
    }

    /// <summary>True if every message that is due was tried; otherwise the page is to be read again, and some of it was sent.</summary>
    private async Task<bool> SendPageAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var due = messages.GroupBy(m => m.Subject, StringComparer.Ordinal).Where(g => !IsPostponed(g.Key)).ToList();
        var sent = new ConcurrentBag<OutboxMessage>();
        var failures = new ConcurrentBag<Exception>();
        var begun = 0;
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Limits.WorkflowSendsMax, CancellationToken = cancellationToken },
            async (group, cancellation) =>
            {
                // An engine that is away is not asked once for every message there is: after a failure none begins unless one has come
                // through. Nor does one begin that the lease may not outlast.
                if ((failures.IsEmpty || !sent.IsEmpty) && Time.GetUtcNow() <= LeasedUntil - Limits.WorkflowSendTimeout)
                {
                    Interlocked.Increment(ref begun);
                    await SendInOrderAsync(group, sent, failures, cancellation);
                }
            });
        if (!sent.IsEmpty)
        {
            Crash?.Invoke(CrashPoint.AfterPublish);
            Crash?.Invoke(CrashPoint.BeforeMark);
            await Store.MarkSentAsync([.. sent]);
        }
        else if (failures.TryTake(out var failure))
        {
            throw new WorkflowEngineAwayException(failure);
        }

        return begun == due.Count;
    }

    private async Task SendInOrderAsync(
        IGrouping<string, OutboxMessage> messages,
        ConcurrentBag<OutboxMessage> sent,
        ConcurrentBag<Exception> failures,
        CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            try
            {
                await SendAsync(message, cancellationToken);
                sent.Add(message);
                postponed.TryRemove(message.Subject, out _);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(e);
                Postpone(message.Subject, e);
                return;
            }
        }
    }

    // Within a trace that goes on from the work that caused the message, and for no longer than half a lease: an engine may block a start
    // until a worker connects.
    private async Task SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        using var activity = new Activity("workflow " + message.Type);
        if (message.Traceparent is not null)
        {
            activity.SetParentId(message.Traceparent).Start();
        }

        using var timeOut = new CancellationTokenSource(Limits.WorkflowSendTimeout, Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeOut.Token);
        await sender.SendAsync(message, stop.Token).WaitAsync(stop.Token);
    }

    private bool IsPostponed(string subject) => postponed.TryGetValue(subject, out var entry) && Time.GetUtcNow() < entry.Until;

    private void Postpone(string subject, Exception failure)
    {
        var pause = postponed.TryGetValue(subject, out var last) ? last.Pause * 2 : Limits.RelayPauseMin;
        pause = pause < Limits.RelayPauseMax ? pause : Limits.RelayPauseMax;
        postponed[subject] = new Postponed(Time.GetUtcNow() + pause, pause);
        Logger.MessagePostponed(subject, pause.TotalMilliseconds, failure.Message);
    }

    private readonly record struct Postponed(DateTimeOffset Until, TimeSpan Pause);
}

/// <summary>No message of a page could be sent to the workflow engine; all wait.</summary>
public sealed class WorkflowEngineAwayException(Exception cause)
    : Exception($"The workflow engine takes no messages: {cause.Message}", cause);

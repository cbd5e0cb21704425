using Consistency.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

/// <summary>
/// Publishes what the outbox holds: in commit order, at least once, woken by the commit. One instance relays at a time (lease).
/// A publish that its lease outlived may still arrive late, so order per aggregate is the rule and not a promise: consumers
/// compare versions. While the broker is away the outbox only grows.
/// </summary>
public sealed class OutboxRelay<TDb>
    where TDb : DbContext
{
    private readonly OutboxStore<TDb> store;
    private readonly IMessagePublisher publisher;
    private readonly TimeProvider time;
    private readonly CrashHook? crash;
    private readonly ILogger logger;
    private readonly string owner;
    private readonly SemaphoreSlim wake = new(0, 1);
    private DateTimeOffset leasedUntil = DateTimeOffset.UnixEpoch;

    /// <summary>Listens for commits; <see cref="RunAsync"/> does the work.</summary>
    /// <param name="store">The outbox.</param>
    /// <param name="writes">Whose commits wake the relay.</param>
    /// <param name="publisher">The way to the broker.</param>
    /// <param name="owner">Unique name of this instance, for the lease.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failed publishes are told.</param>
    /// <param name="crash">Called at each crash point; for tests.</param>
    public OutboxRelay(
        OutboxStore<TDb> store, WriteQueue<TDb> writes, IMessagePublisher publisher, string owner, TimeProvider time, ILogger logger, CrashHook? crash = null)
    {
        this.store = store;
        this.publisher = publisher;
        this.time = time;
        this.crash = crash;
        this.logger = logger;
        this.owner = owner;
        writes.MessagesCommitted += Wake;
    }

    /// <summary>Relays until cancelled; then gives the lease up.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = Limits.RelayPauseMin;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await RelayAllAsync(cancellationToken);
                    pause = Limits.RelayPauseMin;
                    await wake.WaitAsync(Limits.RelayIdle, cancellationToken);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    logger.PublishFailed(pause.TotalMilliseconds, e.Message);
                    await Task.Delay(pause, time, cancellationToken);
                    pause = pause * 2 < Limits.RelayPauseMax ? pause * 2 : Limits.RelayPauseMax;
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: whatever was interrupted stays unsent, and the next relay publishes it.
        }
        finally
        {
            await store.ReleaseAsync(owner);
        }
    }

    /// <summary>Publishes until nothing is unsent, or another instance holds the lease.</summary>
    public async Task RelayAllAsync(CancellationToken cancellationToken)
    {
        while (await HoldLeaseAsync(cancellationToken) && store.Unsent(Limits.RelayBatchMax) is { Count: > 0 } messages)
        {
            await PublishWithinLeaseAsync(messages, cancellationToken);
            crash?.Invoke(CrashPoint.AfterPublish);
            crash?.Invoke(CrashPoint.BeforeMark);
            await store.MarkSentAsync(messages);
        }
    }

    // Topics are independent of each other; within a topic the order of commits is kept. A publish is given up when the lease ends,
    // since another instance may publish then.
    private async Task PublishWithinLeaseAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        using var leaseEnds = new CancellationTokenSource(leasedUntil - time.GetUtcNow(), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leaseEnds.Token);
        await Task.WhenAll(messages
            .GroupBy(m => m.Topic, StringComparer.Ordinal)
            .Select(g => publisher.PublishAsync(g.Key, [.. g], stop.Token)));
    }

    private async ValueTask<bool> HoldLeaseAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < leasedUntil - (Limits.RelayLease / 2))
        {
            return true;
        }

        var held = !store.IsLeasedToAnother(owner, now) && await store.TryLeaseAsync(owner, cancellationToken);
        leasedUntil = held ? now + Limits.RelayLease : DateTimeOffset.UnixEpoch;
        return held;
    }

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake: the relay looks again after what it is doing.
        }
    }
}

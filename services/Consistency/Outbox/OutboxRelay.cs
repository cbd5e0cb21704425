using Consistency.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

/// <summary>
/// Publishes the channel of events, in commit order. A publish that its lease outlived may still arrive late, so order per aggregate is
/// the rule and not a promise: consumers compare versions.
/// </summary>
public sealed class OutboxRelay<TDb> : Relay<TDb>
    where TDb : DbContext
{
    private readonly IMessagePublisher publisher;
    private readonly SendingSpans spans = new();

    /// <summary>Listens for commits; <see cref="Relay{TDb}.RunAsync"/> does the work.</summary>
    /// <param name="store">The outbox.</param>
    /// <param name="writes">Whose commits wake the relay.</param>
    /// <param name="publisher">The way to the broker.</param>
    /// <param name="owner">Unique name of this instance, for the lease.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failed publishes are told.</param>
    /// <param name="crash">Called at each crash point; for tests.</param>
    public OutboxRelay(
        OutboxStore<TDb> store,
        WriteQueue<TDb> writes,
        IMessagePublisher publisher,
        string owner,
        TimeProvider time,
        ILogger logger,
        CrashHook? crash = null)
        : base(store, writes, owner, time, logger, crash) => this.publisher = publisher;

    /// <inheritdoc/>
    public override async Task RelayAllAsync(CancellationToken cancellationToken)
    {
        while (await HoldLeaseAsync(cancellationToken) && Store.Unsent(Limits.RelayBatchMax) is { Count: > 0 } messages)
        {
            await PublishWithinLeaseAsync(spans.Begin(messages, Time.GetUtcNow()), cancellationToken);
            Crash?.Invoke(CrashPoint.AfterPublish);
            Crash?.Invoke(CrashPoint.BeforeMark);
            await Store.MarkSentAsync(messages);
        }
    }

    /// <inheritdoc/>
    private protected override void OnStopped() => spans.EndAll();

    // Topics are independent of each other; within a topic the order of commits is kept. A publish is given up when the lease ends,
    // since another instance may publish then.
    private async Task PublishWithinLeaseAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        using var leaseEnds = new CancellationTokenSource(LeasedUntil - Time.GetUtcNow(), Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leaseEnds.Token);
        await Task.WhenAll(messages
            .GroupBy(m => m.Topic, StringComparer.Ordinal)
            .Select(g => PublishAsync(g.Key, [.. g], stop.Token)));
    }

    private async Task PublishAsync(string topic, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        spans.OfBatch(messages).Enter();
        try
        {
            await publisher.PublishAsync(topic, messages, cancellationToken);
        }
        catch (Exception e)
        {
            spans.Failed(messages, e.Message);
            throw;
        }

        // Before the mark: where that fails, they are published again, and those are sent once more.
        spans.Sent(messages);
    }
}

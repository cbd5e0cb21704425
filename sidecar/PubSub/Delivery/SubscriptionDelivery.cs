using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.PubSub.Subscriptions;
using Sidecar.Resiliency;
using Sidecar.Resources;

namespace Sidecar.PubSub.Delivery;

/// <summary>Delivers one subscription's messages to the app.</summary>
internal sealed partial class SubscriptionDelivery
{
    private readonly AppRuntime _runtime;
    private readonly Subscription _subscription;
    private readonly IPubSub _broker;
    private readonly Preparation _preparation;
    private readonly Courier _courier;
    private readonly ILogger _logger;

    // Never disposed: an attempt that its policy gave up may still look at them when it ends.
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _sendingStop;
    private int _requests;
    private int _parked;

    /// <summary>Creates the delivery; it works when the broker calls <see cref="HandleAsync"/>.</summary>
    public SubscriptionDelivery(
        AppRuntime runtime, Subscription subscription, Router router, bool isRaw, IPubSub broker, ILogger logger)
    {
        (_runtime, _subscription, _broker, _logger) = (runtime, subscription, broker, logger);
        _preparation = new Preparation(subscription, router, isRaw, runtime.Time);
        _courier = new Courier(runtime, subscription, isRaw);
        _sendingStop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, runtime.Time);
        Policy = runtime.Policies.ForComponentInbound(subscription.PubsubName);
    }

    /// <summary>The component's inbound policy.</summary>
    public IPolicy Policy { get; }

    /// <summary>True from <see cref="BeginStop"/> on.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Cancelled a little after the stop, so that requests under way may end.</summary>
    public CancellationToken Sending => _sendingStop.Token;

    /// <summary>True while the app can be given messages.</summary>
    public bool IsAppReady => _runtime.App.IsReady;

    /// <summary>
    /// Takes a batch from the broker; returns when all is settled, or when what is left waits for another attempt.
    /// </summary>
    public async Task HandleAsync(IMessageBatch batch, CancellationToken cancellationToken)
    {
        // While the app is away messages wait here, at no cost to their policy.
        await WhenReadyAsync();
        var items = new List<DeliveryItem>(batch.Messages.Count);
        for (var i = 0; i < batch.Messages.Count; i++)
        {
            items.Add(new DeliveryItem(batch, i, batch.Messages[i]));
        }
        if (_runtime.Faults.AreOff)
        {
            await DeliverAsync(items);
        }
        else
        {
            await DeliverWithFaultsAsync(items);
        }
    }

    /// <summary>Stops waiting and retrying at once; requests under way may go on for a moment.</summary>
    public void BeginStop()
    {
        _stop.Cancel();
        if (Volatile.Read(ref _requests) == 0)
        {
            _sendingStop.Cancel();
        }
        else
        {
            _sendingStop.CancelAfter(TimeSpan.FromMilliseconds(PubSubLimits.StopGraceMs));
        }
    }

    /// <summary>Completes when the app can be given messages.</summary>
    /// <exception cref="OperationCanceledException">The delivery stops.</exception>
    public Task WhenReadyAsync() =>
        IsAppReady && !IsStopping ? Task.CompletedTask : _runtime.App.WhenReadyAsync(_stop.Token);

    /// <summary>Waits.</summary>
    /// <exception cref="OperationCanceledException">The delivery stops.</exception>
    public Task WaitAsync(TimeSpan wait) => Task.Delay(wait, _runtime.Time, _stop.Token);

    /// <summary>Makes one request.</summary>
    public async Task<Answer> SendAsync(
        string path, IReadOnlyList<DeliveryItem> items, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        try
        {
            return await _courier.SendAsync(path, items, cancellationToken);
        }
        finally
        {
            if (Interlocked.Decrement(ref _requests) == 0 && IsStopping)
            {
                await _sendingStop.CancelAsync();
            }
        }
    }

    /// <summary>
    /// Gives messages up: to the dead-letter topic as they are, then acknowledged, in this order, so that a kill in
    /// between repeats but loses nothing. Without a dead-letter topic the broker's own rule for failed messages decides: most acknowledge them,
    /// as pubsub.redis does.
    /// </summary>
    /// <param name="items">The messages.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="isDropped">The app itself said so: without a dead-letter topic they are acknowledged, whatever the broker's rule.</param>
    public async Task BuryAsync(IReadOnlyList<DeliveryItem> items, string reason, bool isDropped = false)
    {
        var open = items.Where(static i => !i.IsCopy && !i.IsSettled).ToList();
        if (open.Count == 0)
        {
            return;
        }
        if (_subscription.DeadLetterTopic is { } topic)
        {
            LogBuried(open.Count, open[0].Message.Id, topic, reason);
            try
            {
                // As with daprd, giving up is a publish by the app: its publishing scopes must name its dead-letter topics.
                if (_runtime.TopicScopes.TryGetValue(_subscription.PubsubName, out var scopes) && !scopes.MayPublish(topic))
                {
                    throw new InvalidOperationException(PublishErrors.NotAllowed(topic, _runtime.AppId));
                }
                await _broker.PublishAsync(
                    [.. open.Select(i => new NewMessage(topic, i.Message.Data, i.Message.Metadata))],
                    CancellationToken.None);
            }
            // Whatever the broker threw, the messages must not be lost for it.
            catch (Exception exception)
            {
                LogNotBuried(exception, topic);
                await WaitAsync(TimeSpan.FromMilliseconds(PubSubLimits.AgainMs))
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                open.ForEach(static i => i.Settle(done: false));
                return;
            }
        }
        else
        {
            LogLost(open.Count, open[0].Message.Id, reason);
            if (!isDropped)
            {
                open.ForEach(static i => i.GiveUp());
                return;
            }
        }
        open.ForEach(static i => i.Settle(done: true));
    }

    private async Task DeliverAsync(List<DeliveryItem> items)
    {
        Dictionary<string, List<DeliveryItem>>? byPath = null;
        foreach (var item in items)
        {
            if (_preparation.Prepare(item) is { } problem)
            {
                await BuryAsync([item], problem);
                continue;
            }
            byPath ??= new(StringComparer.Ordinal);
            if (!byPath.TryGetValue(item.Path, out var list))
            {
                byPath.Add(item.Path, list = []);
            }
            list.Add(item);
        }
        if (byPath is not null)
        {
            await Task.WhenAll(byPath.Select(pair => RunOrParkAsync(new DeliveryRun(this, pair.Key, pair.Value))));
        }
    }

    // A message that waits for its next attempt does not hold this call, within a limit.
    private async Task RunOrParkAsync(DeliveryRun run)
    {
        var whole = run.RunAsync();
        await Task.WhenAny(whole, run.FirstFailure);
        if (whole.IsCompleted)
        {
            return;
        }
        var count = run.OpenCount;
        if (Interlocked.Add(ref _parked, count) > PubSubLimits.ParkedMax)
        {
            Interlocked.Add(ref _parked, -count);
            await whole;
            return;
        }
        _ = UnparkAsync(whole, count);
    }

    private async Task UnparkAsync(Task whole, int count)
    {
        await whole;
        Interlocked.Add(ref _parked, -count);
    }
}

using Sidecar.Components;
using Sidecar.Components.Settings;
using Sidecar.Hosting;
using Sidecar.PubSub.Delivery;
using Sidecar.PubSub.Subscriptions;
using Sidecar.Resources;

namespace Sidecar.PubSub;

/// <summary>
/// The subscriptions of one app while it is ready. The host starts one whenever the app becomes ready (an app may
/// ask for other topics after a restart), and disposes it when the app is gone: messages wait in the broker
/// meanwhile.
/// </summary>
public sealed partial class SubscriptionRuntime : IAsyncDisposable
{
    private readonly List<(SubscriptionDelivery Delivery, IAsyncDisposable Consumer)> _running = [];

    private SubscriptionRuntime()
    {
    }

    /// <summary>
    /// Checks the declared subscriptions, so that a mistake stops the start-up and not the first message.
    /// </summary>
    /// <exception cref="ResourceException">A routing rule is not CEL, or <c>rawPayload</c> no boolean.</exception>
    public static void Check(IEnumerable<Subscription> declared)
    {
        foreach (var subscription in declared)
        {
            Compile(subscription);
        }
    }

    /// <summary>
    /// Waits until the app is ready, asks for its subscriptions, adds the declared ones, sets
    /// <see cref="AppRuntime.ActiveSubscriptions"/>, and starts to deliver. Disposing the result stops.
    /// </summary>
    /// <exception cref="ResourceException">A declared subscription is wrong.</exception>
    /// <exception cref="HttpRequestException">The app could not be reached.</exception>
    /// <exception cref="TimeoutException">The app did not answer in time.</exception>
    public static async Task<IAsyncDisposable> StartAsync(AppRuntime runtime, CancellationToken cancellationToken)
    {
        Check(runtime.Subscriptions);
        var started = new SubscriptionRuntime();
        if (runtime.App.BaseAddress is null)
        {
            return started; // nowhere to deliver to
        }
        var logger = runtime.Loggers.CreateLogger<SubscriptionRuntime>();
        await runtime.App.WhenReadyAsync(cancellationToken);
        var programmatic = await SubscribeQuestion.AskAsync(runtime, logger, cancellationToken);
        var subscriptions = SubscriptionSet.Merge(runtime.Subscriptions, programmatic);
        runtime.ActiveSubscriptions = subscriptions;
        try
        {
            foreach (var subscription in subscriptions)
            {
                await started.SubscribeAsync(runtime, subscription, logger, cancellationToken);
            }
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // First no new batches, then no new attempts; then wait for what is under way.
        var consumers = _running.Select(static r => r.Consumer.DisposeAsync().AsTask()).ToList();
        _running.ForEach(static r => r.Delivery.BeginStop());
        await Task.WhenAll(consumers);
        _running.Clear();
    }

    private static (Router Router, bool IsRaw) Compile(Subscription subscription) =>
        RawPayload.TryRead(subscription.Metadata, out var isRaw, out var value)
            ? (Router.Compile(subscription), isRaw)
            : throw new ResourceException(
                subscription.File, "metadata.rawPayload", $"'{value}' is not a boolean",
                "Write \"true\" or \"false\".");

    private async Task SubscribeAsync(
        AppRuntime runtime, Subscription subscription, ILogger logger, CancellationToken cancellationToken)
    {
        if (!runtime.PubSubs.TryGetValue(subscription.PubsubName, out var broker))
        {
            LogUnknownPubsub(logger, subscription.Topic, subscription.PubsubName);
            return;
        }
        if (runtime.TopicScopes.TryGetValue(subscription.PubsubName, out var scopes) && !scopes.MaySubscribe(subscription.Topic))
        {
            LogNotAllowed(logger, subscription.PubsubName, subscription.Topic);
            return;
        }
        (Router Router, bool IsRaw) compiled;
        try
        {
            compiled = Compile(subscription);
        }
        catch (ResourceException exception) when (subscription.Source == SubscriptionSource.Programmatic)
        {
            LogRefused(logger, subscription.Topic, exception.Message);
            return;
        }
        var delivery = new SubscriptionDelivery(runtime, subscription, compiled.Router, compiled.IsRaw, broker, logger);
        // maxAwaitDurationMs is the longest that a batch may wait to fill, and this sidecar does not wait at all:
        // under load batches fill by themselves while the ones before are under way, and without load waiting would
        // only add latency.
        var options = new ConsumerOptions(
            runtime.AppId,
            subscription.Topic,
            subscription.Bulk.Enabled ? Math.Min(subscription.Bulk.MaxMessagesCount, PubSubLimits.BulkMessagesMax) : 1,
            ConcurrencyOf(runtime, subscription.PubsubName))
        {
            Metadata = subscription.Metadata,
        };
        _running.Add((delivery, await broker.SubscribeAsync(options, delivery.HandleAsync, cancellationToken)));
        LogSubscribed(logger, subscription.PubsubName, subscription.Topic);
    }

    // Components that say it in other words than a number (parallel, single) know by themselves.
    private static int ConcurrencyOf(AppRuntime runtime, string pubsub) =>
        runtime.Components.FirstOrDefault(c => c.Name == pubsub) is { } component && new PubSubSettings(component).HasConcurrencyNumber
            ? new PubSubSettings(component).Concurrency()
            : PubSubSettings.ConcurrencyDefault;

    [LoggerMessage(Level = LogLevel.Information, Message = "subscribed to {Pubsub}/{Topic}")]
    private static partial void LogSubscribed(ILogger logger, string pubsub, string topic);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "subscription to {Topic}: there is no component '{Pubsub}' in scope; nothing is delivered")]
    private static partial void LogUnknownPubsub(ILogger logger, string topic, string pubsub);

    // Daprd's words, but without its further attempts, which all end the same way.
    [LoggerMessage(Level = LogLevel.Error,
        Message = "Failed to start subscription for pubsub {Pubsub}, topic {Topic}: "
            + "subscription to topic '{Topic}' on pubsub '{Pubsub}' is not allowed")]
    private static partial void LogNotAllowed(ILogger logger, string pubsub, string topic);

    [LoggerMessage(Level = LogLevel.Error, Message = "subscription to {Topic} is refused: {Problem}")]
    private static partial void LogRefused(ILogger logger, string topic, string problem);
}

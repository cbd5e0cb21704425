namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>The limits of pubsub.rabbitmq, each with the sketch that chose it.</summary>
internal static class RabbitLimits
{
    /// <summary>
    /// Messages that the broker hands out without an acknowledgement where <c>prefetchCount</c> says none (in Dapr: all of them): at 1 KiB each
    /// 4 MiB per subscription.
    /// </summary>
    public const int PrefetchMax = 4_096;

    /// <summary>
    /// Bulk calls under way per subscription: each takes what has arrived meanwhile, so that few calls mean larger batches. As
    /// components/embedded has it.
    /// </summary>
    public const int BulkCallsMax = 4;

    /// <summary>Single calls under way per subscription where <c>prefetchCount</c> does not bound them (in Dapr: nothing does).</summary>
    public const int CallsMax = 1_000;

    /// <summary>Publish calls that wait for the connection; callers beyond wait before they are queued.</summary>
    public const int PublishesWaitingMax = 1_024;

    /// <summary>Attempts to connect at the start, a second apart: a server that is just starting takes five.</summary>
    public const int StartAttempts = 6;

    /// <summary>See <see cref="StartAttempts"/>.</summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromSeconds(1);

    /// <summary>Opening a connection, or an answer of the broker to a declaration.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a publish waits for the connection before it fails; what then comes is the caller's policy. Dapr's tries three times with two
    /// waits of <c>reconnectWaitSeconds</c> (3 s) between.
    /// </summary>
    public static readonly TimeSpan PublishWait = TimeSpan.FromSeconds(6);

    /// <summary>How long a subscription waits for its queue before the start goes on without; it comes by itself later.</summary>
    public static readonly TimeSpan SubscribeWait = TimeSpan.FromSeconds(10);

    /// <summary>From cancelling a consumer until its channel is closed without the broker's word.</summary>
    public static readonly TimeSpan CloseWait = TimeSpan.FromSeconds(2);
}

namespace Sidecar.Components.PubSubRedis;

/// <summary>The limits of reading streams, each with the sketch that chose it.</summary>
internal static class StreamLimits
{
    /// <summary>Dapr's defaults, where a component does not say.</summary>
    public const int QueueDepth = 100;

    /// <summary>See <see cref="QueueDepth"/>, in milliseconds.</summary>
    public const long ProcessingTimeoutMs = 60_000;

    /// <summary>See <see cref="QueueDepth"/>, in milliseconds.</summary>
    public const long RedeliverIntervalMs = 15_000;

    /// <summary>Longest of these times: a month.</summary>
    public const long TimeMaxMs = 30L * 24 * 3_600_000;

    /// <summary>Ids in one command that acknowledges, renews or gives back: about 10 KiB.</summary>
    public const int IdsMax = 500;

    /// <summary>Messages asked for in one reply: at 1 KiB each half a MiB.</summary>
    public const int ReadMax = 500;

    /// <summary>
    /// How long a read waits for messages before it asks again. A connection that is dead without notice is found out after this and the time
    /// limit for answers.
    /// </summary>
    public static readonly TimeSpan Block = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Renewals of what is held in one processing timeout: two may fail before another takes it, also where the first came half an interval late.
    /// </summary>
    public const int RenewalsPerTimeout = 4;

    /// <summary>
    /// Processing timeouts after which a consumer that holds nothing and got nothing is forgotten: 10 minutes by default. A process that is killed
    /// leaves one per topic.
    /// </summary>
    public const int TimeoutsUntilForgotten = 10;

    /// <summary>How long a stop waits for a read to end by itself, so that no message gets lost on the way until its timeout.</summary>
    public static readonly TimeSpan StopWait = TimeSpan.FromSeconds(1);

    /// <summary>Wait between two attempts to end a read that may have begun in between.</summary>
    public static readonly TimeSpan UnblockWait = TimeSpan.FromMilliseconds(20);
}

namespace Sidecar.Components.Redis;

/// <summary>The limits of talking to Redis, each with the sketch that chose it.</summary>
internal static class RedisLimits
{
    /// <summary>Longest bulk string: what a Redis server accepts by default (proto-max-bulk-len).</summary>
    public const long ReplyBytesMax = 512L << 20;

    /// <summary>Most values in one array: no command of ours asks for more than a few thousand.</summary>
    public const long ReplyItemsMax = 1 << 20;

    /// <summary>Deepest nesting; XREADGROUP answers with five levels.</summary>
    public const int ReplyDepthMax = 8;

    /// <summary>Longest line outside of bulk strings: an error that quotes a key of 32 KiB still fits.</summary>
    public const int ReplyLineMax = 64 << 10;

    /// <summary>
    /// Commands sent and not answered on one connection; the next waits. At 1 KiB each 4 MiB, and a twentieth of a second of what one server does.
    /// </summary>
    public const int OutstandingMax = 4_096;

    /// <summary>Bytes of the buffers for sending that are kept for the next commands; a larger one goes once it is sent.</summary>
    public const int KeptBufferBytes = 1 << 20;

    /// <summary>
    /// How long a command waits for a connection while there is none (nothing is sent meanwhile): a server that is restarted is back in
    /// less, and the publish retry policy asks again after it. Not at all where <c>redisMaxRetries</c> says -1.
    /// </summary>
    public static readonly TimeSpan ConnectWait = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may be away while the sidecar starts, before the start is given up.</summary>
    public static readonly TimeSpan StartWait = TimeSpan.FromSeconds(5);

    /// <summary>First wait before a connection is tried again; doubles each time.</summary>
    public static readonly TimeSpan ReconnectWait = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest such wait: deliveries are back at most this long after the server is.</summary>
    public static readonly TimeSpan ReconnectWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>Where a component does not say: go-redis' defaults, which are Dapr's.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);

    /// <summary>See <see cref="DialTimeout"/>; longest time until the answer to a command.</summary>
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Longest time until the answer where the component says -1, which in Dapr is none: a connection that is dead without notice must be
    /// found out some time.
    /// </summary>
    public static readonly TimeSpan ReadTimeoutMax = TimeSpan.FromMinutes(1);

    /// <summary>The next wait after <paramref name="wait"/>.</summary>
    public static TimeSpan NextWait(TimeSpan wait) => wait * 2 < ReconnectWaitMax ? wait * 2 : ReconnectWaitMax;
}

namespace Consistency.Caching;

/// <summary>How a cache behaves.</summary>
public sealed record CacheSettings
{
    /// <summary>
    /// No answer from the cache is older than this. Counted from before its owner was asked, by the clock of whoever asked: where several
    /// processes share a cache, their clocks' difference comes on top.
    /// </summary>
    public TimeSpan Staleness { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one call to the store may take. Sketch: a store on the same machine answers in 1 to 3 ms, an owner in 5 to 10; a cache
    /// that takes longer than 50 ms has missed its purpose.
    /// </summary>
    public TimeSpan StoreLimit { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Failed calls in a row after which the store is left alone.</summary>
    public int FailuresMax { get; init; } = 5;

    /// <summary>How long it is left alone; then one call tries it.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>Limits of the cache that nobody needs to set.</summary>
internal static class CacheLimits
{
    /// <summary>How often a write is tried that others overtake. Whoever loses three times has others that write what is as new.</summary>
    public const int WriteAttemptsMax = 3;

    /// <summary>
    /// Writes to the store under way, which no answer waits for; more are left out. At 1,000 misses a second of 3 ms each, three would do.
    /// </summary>
    public const int WritesUnderWayMax = 256;

    /// <summary>Longest payload that is kept, in bytes; more is passed through. A stock level has some 200.</summary>
    public const int PayloadBytesMax = 64 * 1024;
}

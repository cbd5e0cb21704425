using System.Diagnostics.Metrics;
using Consistency.Caching;

namespace Consistency.Telemetry;

/// <summary>Shows what caches have counted; they count for /cache anyway.</summary>
public sealed class CacheMeter
{
    /// <summary>Makes the counter.</summary>
    /// <param name="meter">Has it.</param>
    /// <param name="caches">The app's caches.</param>
    public CacheMeter(ConsistencyMeter meter, IEnumerable<ICountsReads> caches)
    {
        IReadOnlyList<ICountsReads> all = [.. caches];
        meter.Meter.CreateObservableCounter(
            "consistency.cache.requests",
            () => all.SelectMany(Read),
            "{request}",
            "Reads through the cache: hit, miss (also too old), and bypass where it was not asked or did not answer.");
    }

    private static IEnumerable<Measurement<long>> Read(ICountsReads cache)
    {
        var figures = cache.Figures;
        yield return Of(cache, "hit", figures.Hits);
        yield return Of(cache, "miss", figures.Misses + figures.Stale);
        yield return Of(cache, "bypass", figures.Bypassed);
    }

    private static Measurement<long> Of(ICountsReads cache, string result, long count) => new(count, new("cache", cache.Name), new("result", result));
}

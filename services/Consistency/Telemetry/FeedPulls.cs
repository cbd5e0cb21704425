using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Consistency.Telemetry;

/// <summary>
/// When this process last read from the feeds that it follows; since its start where it has not yet. Kept in memory: a feed is read whether or
/// not it has something new, and only what is new is written down.
/// </summary>
public sealed class FeedPulls
{
    private readonly ConcurrentDictionary<string, long> pulled = new(StringComparer.Ordinal);
    private readonly TimeProvider time;

    /// <summary>Makes the gauge.</summary>
    public FeedPulls(ConsistencyMeter meter, TimeProvider time)
    {
        this.time = time;
        meter.Meter.CreateObservableGauge(
            Gauges.FeedPulledAge.Name,
            () => pulled.Select(p => new Measurement<double>(
                time.GetElapsedTime(p.Value).TotalSeconds, new KeyValuePair<string, object?>("feed", p.Key))),
            Gauges.FeedPulledAge.Unit,
            Gauges.FeedPulledAge.Description);
    }

    /// <summary>These feeds are followed from now on.</summary>
    public void Follow(IEnumerable<string> feeds)
    {
        foreach (var feed in feeds)
        {
            pulled.TryAdd(feed, time.GetTimestamp());
        }
    }

    /// <summary>A part of a feed was read, and what it held is committed.</summary>
    public void Note(string feed) => pulled[feed] = time.GetTimestamp();
}

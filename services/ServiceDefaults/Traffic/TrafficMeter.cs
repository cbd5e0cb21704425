using System.Collections.Concurrent;
using Contracts;
using Contracts.Events;
using Contracts.Snapshots;

namespace ServiceDefaults.Traffic;

/// <summary>
/// Counts the messages and calls of this process by the pattern whose orders they were made for; see <see cref="PatternTraffic"/> for what
/// counts. Safe for callers on several threads.
/// </summary>
public sealed class TrafficMeter
{
    private readonly ConcurrentDictionary<string, Counts> byPattern = new(StringComparer.Ordinal);

    /// <summary>The broker has taken an event. One about an order counts for pattern <c>events</c>: no other pattern has any.</summary>
    /// <param name="type">CloudEvents type.</param>
    public void Published(string type)
    {
        if (EventTypeAttribute.OfOrders.Contains(type))
        {
            Interlocked.Increment(ref Of(Patterns.Events).Messages);
        }
    }

    /// <summary>Events of one type were delivered.</summary>
    /// <param name="type">CloudEvents type; null for what tells none.</param>
    /// <param name="count">How many.</param>
    public void Delivered(string? type, int count)
    {
        if (type is not null && EventTypeAttribute.OfOrders.Contains(type))
        {
            Interlocked.Add(ref Of(Patterns.Events).Deliveries, count);
        }
    }

    /// <summary>Another service, or the workflow engine, is being asked for something.</summary>
    /// <param name="pattern">Pattern of the orders that it is for, or <see cref="ServiceTraffic.AntiEntropy"/>.</param>
    public void Called(string pattern) => Interlocked.Increment(ref Of(pattern).Calls);

    /// <summary>A call was answered with changes.</summary>
    /// <param name="pattern">As for <see cref="Called"/>.</param>
    /// <param name="count">How many.</param>
    public void Carried(string pattern, int count) => Interlocked.Add(ref Of(pattern).Changes, count);

    /// <summary>The counts so far.</summary>
    public IReadOnlyDictionary<string, PatternTraffic> Read() =>
        byPattern.ToDictionary(p => p.Key, p => p.Value.Read(), StringComparer.Ordinal);

    private Counts Of(string pattern) => byPattern.GetOrAdd(pattern, static _ => new Counts());

    private sealed class Counts
    {
        public long Messages;
        public long Deliveries;
        public long Calls;
        public long Changes;

        public PatternTraffic Read() => new(
            Interlocked.Read(ref Messages), Interlocked.Read(ref Deliveries), Interlocked.Read(ref Calls), Interlocked.Read(ref Changes));
    }
}

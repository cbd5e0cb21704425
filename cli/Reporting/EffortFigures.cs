using Cli.Gateway;
using Cli.Measuring;
using Contracts.Snapshots;

namespace Cli.Reporting;

/// <summary>
/// Messages and calls between services for one order, on average, as the services have counted them: <see cref="PatternTraffic"/> says what
/// counts. Pages of feeds count whether or not they carry anything, so that pattern <c>sync</c> costs the less an order the more orders there are.
/// </summary>
internal sealed record TrafficFigures(double MessagesPerOrder, double DeliveriesPerOrder, double CallsPerOrder, double ChangesPerOrder)
{
    public static TrafficFigures Of(PatternTraffic traffic, int orders)
    {
        return new TrafficFigures(Each(traffic.Messages), Each(traffic.Deliveries), Each(traffic.Calls), Each(traffic.Changes));

        double Each(long count) => Math.Round((double)count / Math.Max(1, orders), 2);
    }
}

/// <summary>Orders that services had come to disagree on, and that were healed.</summary>
/// <param name="Orders">How many.</param>
/// <param name="LateP50Ms">How long after the change that had not arrived; of an order that was healed several times, the last.</param>
/// <param name="LateMaxMs">The longest of them.</param>
internal sealed record RepairFigures(int Orders, double LateP50Ms, double LateMaxMs)
{
    public static RepairFigures Of(IEnumerable<RepairEntry> repairs)
    {
        var late = Percentiles.Of(repairs.GroupBy(r => r.Key, StringComparer.Ordinal).Select(order => (double)order.Max(r => r.LateMs)));
        return new RepairFigures(late.Count, late.P50, late.Max);
    }
}

/// <summary>What the repair has read to find differences.</summary>
/// <param name="Calls">Pages of feeds.</param>
/// <param name="Changes">Changes in them.</param>
internal sealed record AntiEntropyFigures(long Calls, long Changes);

/// <summary>What it took a run's orders to come to their end, besides time.</summary>
/// <param name="Repairs">Of all patterns together.</param>
/// <param name="OtherRepairs">Other records that were healed meanwhile: products, customers, orders of other runs.</param>
/// <param name="AntiEntropy">Null where a service's counts are lost.</param>
/// <param name="CountsLost">Services that were started anew during the run; their counts, and so all sums, are lost.</param>
internal sealed record EffortFigures(
    RepairFigures Repairs, int OtherRepairs, AntiEntropyFigures? AntiEntropy, IReadOnlyList<string> CountsLost);

/// <summary>Measures the effort of a run.</summary>
internal sealed class Effort
{
    private readonly SystemProgress before;
    private readonly SystemProgress after;
    private readonly IReadOnlyDictionary<string, string> patternByOrder;
    private readonly List<RepairEntry> repairs;

    private Effort(
        SystemProgress before, SystemProgress after, IReadOnlyDictionary<string, string> patternByOrder, List<RepairEntry> healed)
    {
        (this.before, this.after, this.patternByOrder) = (before, after, patternByOrder);
        repairs = [.. healed.Where(r => patternByOrder.ContainsKey(r.Key))];
        var lost = after.CountsLostSince(before);
        var looked = after.TrafficSince(before, ServiceTraffic.AntiEntropy);
        Figures = new EffortFigures(
            RepairFigures.Of(repairs),
            healed.Select(r => r.Key).Where(key => !patternByOrder.ContainsKey(key)).Distinct(StringComparer.Ordinal).Count(),
            lost.Count == 0 ? new AntiEntropyFigures(looked.Calls, looked.Changes) : null,
            lost);
    }

    /// <summary>The whole run's.</summary>
    public EffortFigures Figures { get; }

    /// <summary>Asks the services, at the end of a run.</summary>
    /// <param name="gateway">The system's door.</param>
    /// <param name="before">What they said at its beginning.</param>
    /// <param name="patternByOrder">The run's accepted orders.</param>
    /// <param name="cancellation">Stops the questions.</param>
    public static async Task<Effort> MeasureAsync(
        GatewayClient gateway, SystemProgress before, IReadOnlyDictionary<string, string> patternByOrder, CancellationToken cancellation)
    {
        var healed = new List<RepairEntry>();
        foreach (var (service, progress) in before.ByService)
        {
            healed.AddRange(await gateway.RepairsAsync(service, progress.Repaired, cancellation).ToListAsync(cancellation));
        }

        return new Effort(before, await gateway.ProgressAsync(cancellation), patternByOrder, healed);
    }

    /// <summary>A pattern's messages and calls; null where a service's counts are lost.</summary>
    public TrafficFigures? Traffic(string pattern) => Figures.CountsLost.Count > 0
        ? null
        : TrafficFigures.Of(after.TrafficSince(before, pattern), patternByOrder.Values.Count(p => p == pattern));

    /// <summary>A pattern's orders that were healed.</summary>
    public RepairFigures Repairs(string pattern) => RepairFigures.Of(repairs.Where(r => patternByOrder[r.Key] == pattern));
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Cli.Converging;
using Cli.Demo;
using Cli.Measuring;
using Consistency.Auditing;
using Contracts.Ordering;
using Contracts.Snapshots;

namespace Cli.Reporting;

/// <summary>Median, 99th percentile and maximum, in milliseconds.</summary>
internal sealed record LatencyFigures(double P50, double P99, double Max)
{
    public static LatencyFigures Of(IEnumerable<double> milliseconds)
    {
        var percentiles = Percentiles.Of(milliseconds);
        return new LatencyFigures(percentiles.P50, percentiles.P99, percentiles.Max);
    }
}

/// <summary>What one pattern did.</summary>
/// <param name="Name">Pattern.</param>
/// <param name="Placed">Orders accepted.</param>
/// <param name="Confirmed">Orders that ended Confirmed in all services.</param>
/// <param name="Cancelled">Orders that ended Cancelled in all services, refused ones among them.</param>
/// <param name="AcceptMs">From the intended moment of sending until the client was told that the order is
/// accepted.</param>
/// <param name="ConvergeMs">From the client's last write of an order until the last change of it in any
/// service.</param>
/// <param name="Traffic">Messages and calls of an order; null where a service's counts are lost.</param>
/// <param name="Repairs">Orders that the repair had to heal.</param>
internal sealed record PatternFigures(
    string Name, int Placed, int Confirmed, int Cancelled, LatencyFigures AcceptMs, LatencyFigures ConvergeMs, TrafficFigures? Traffic,
    RepairFigures Repairs)
{
    public static PatternFigures Of(
        string name, int placed, IEnumerable<double> acceptMilliseconds, IEnumerable<SettledOrder> settled, Effort effort)
    {
        var mine = settled.Where(o => o.Pattern == name).ToList();
        return new PatternFigures(
            name, placed, mine.Count(o => o.Status == OrderStatuses.Confirmed),
            mine.Count(o => o.Status == OrderStatuses.Cancelled),
            LatencyFigures.Of(acceptMilliseconds), LatencyFigures.Of(mine.Select(o => o.ConvergeMilliseconds)),
            effort.Traffic(name), effort.Repairs(name));
    }
}

/// <summary>What the audit found.</summary>
internal sealed record AuditFigures(int Checked, IReadOnlyList<Violation> Violations)
{
    public static AuditFigures Of(AuditReport report, IEnumerable<Violation> seenByTheClient) =>
        new(report.Checked, [.. seenByTheClient, .. report.Violations]);
}

/// <summary>The demo's figures, as <c>--json</c> writes them.</summary>
/// <param name="Patterns">By pattern.</param>
/// <param name="DuplicatesSuppressed">Messages delivered again that had no effect.</param>
/// <param name="DeadLetters">Messages given up during the run.</param>
/// <param name="Parked">Messages that wait behind those.</param>
/// <param name="Audit">What the audit found.</param>
/// <param name="Effort">Repairs, and what looking for differences took.</param>
/// <param name="OrdersReadBack">Orders read right after they were placed, with the token of the placing.</param>
/// <param name="Profiles">Customer profiles that were edited in both replicas at once.</param>
/// <param name="Lose">Share of deliveries that were lost for good on purpose.</param>
/// <param name="Outage">What was killed; null for nothing.</param>
/// <param name="DurationSeconds">Of the whole run, with build and start where there was one.</param>
internal sealed record RunReport(
    IReadOnlyList<PatternFigures> Patterns, long DuplicatesSuppressed, long DeadLetters, long Parked, AuditFigures Audit,
    EffortFigures Effort, int OrdersReadBack, ProfileFigures Profiles, double Lose, Outage? Outage, double DurationSeconds);

/// <summary>What one pattern did in a load run.</summary>
/// <param name="Name">Pattern.</param>
/// <param name="Accepted">Orders accepted.</param>
/// <param name="ConvergeMs">From the client's write to the last change in any service.</param>
/// <param name="Traffic">Messages and calls of an order; null where a service's counts are lost.</param>
/// <param name="Repairs">Orders that the repair had to heal.</param>
internal sealed record LoadPatternFigures(
    string Name, int Accepted, LatencyFigures ConvergeMs, TrafficFigures? Traffic, RepairFigures Repairs)
{
    public static LoadPatternFigures Of(string name, int accepted, IEnumerable<SettledOrder> settled, Effort effort) => new(
        name, accepted, LatencyFigures.Of(settled.Where(o => o.Pattern == name).Select(o => o.ConvergeMilliseconds)),
        effort.Traffic(name), effort.Repairs(name));
}

/// <summary>Figures of a load run, as <c>--json</c> writes them.</summary>
/// <param name="Rate">Orders a second that were meant to be sent.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="WarmUpSeconds">For how long before, audited but not measured.</param>
/// <param name="Sent">Orders sent.</param>
/// <param name="Accepted">Orders accepted.</param>
/// <param name="AcceptedPerSecond">Accepted orders by the time from the first send to the last answer.</param>
/// <param name="Errors">Other answers, by what they were.</param>
/// <param name="AcceptMs">From the intended moment of sending, so that a stalled system is charged for what it made
/// wait.</param>
/// <param name="Converged">Whether every accepted order was settled in time.</param>
/// <param name="ConvergeMs">From the client's write to the last change in any service.</param>
/// <param name="Patterns">The same by pattern, with messages, calls and repairs.</param>
/// <param name="DuplicatesSuppressed">Messages delivered again that had no effect.</param>
/// <param name="DeadLetters">Messages given up during the run.</param>
/// <param name="Parked">Messages that wait behind those.</param>
/// <param name="Audit">What the audit found.</param>
/// <param name="Effort">Repairs, and what looking for differences took.</param>
/// <param name="DurationSeconds">Of the whole run, with build and start where there was one.</param>
internal sealed record LoadReport(
    int Rate, int Seconds, int WarmUpSeconds, int Sent, int Accepted, double AcceptedPerSecond,
    IReadOnlyDictionary<string, int> Errors, TailFigures AcceptMs,
    bool Converged, LatencyFigures ConvergeMs, IReadOnlyList<LoadPatternFigures> Patterns, long DuplicatesSuppressed, long DeadLetters,
    long Parked, AuditFigures Audit, EffortFigures Effort, double DurationSeconds);

/// <summary>As <see cref="LatencyFigures"/>, with the 99.9th percentile.</summary>
internal sealed record TailFigures(double P50, double P99, double P999, double Max)
{
    public static TailFigures Of(IEnumerable<double> milliseconds)
    {
        var percentiles = Percentiles.Of(milliseconds);
        return new TailFigures(percentiles.P50, percentiles.P99, percentiles.P999, percentiles.Max);
    }
}

/// <summary>What verify found.</summary>
internal sealed record VerifyReport(
    bool AtRest, long Unsettled, long OutboxDepth, long DuplicatesSuppressed, long DeadLetters, long Parked, AuditFigures Audit);

/// <summary>What each service has healed, by app id.</summary>
internal sealed record RepairsReport(IReadOnlyDictionary<string, IReadOnlyList<RepairEntry>> Services);

/// <summary>Reports as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(RepairsReport))]
internal sealed partial class ReportJson : JsonSerializerContext;

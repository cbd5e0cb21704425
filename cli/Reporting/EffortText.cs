using System.Globalization;

namespace Cli.Reporting;

/// <summary>Messages, calls and repairs for people.</summary>
internal static class EffortText
{
    public static string Messages(TrafficFigures? traffic) =>
        traffic is null ? "?" : $"{Number(traffic.MessagesPerOrder)} / {Number(traffic.DeliveriesPerOrder)}";

    public static string Calls(TrafficFigures? traffic) => traffic is null ? "?" : Number(traffic.CallsPerOrder);

    /// <summary>One line for all patterns, and one more where figures are missing.</summary>
    public static IEnumerable<string> Lines(EffortFigures effort, IEnumerable<(string Pattern, RepairFigures Repairs)> patterns)
    {
        var by = string.Join(", ", patterns.Select(p => $"{p.Pattern} {p.Repairs.Orders}"));
        var late = effort.Repairs.Orders == 0
            ? ""
            : $", p50 {Seconds(effort.Repairs.LateP50Ms)} and at most {Seconds(effort.Repairs.LateMaxMs)} after the change that had not arrived";
        var others = effort.OtherRepairs == 0 ? "" : $"; {effort.OtherRepairs} other records";
        yield return $"repaired: {effort.Repairs.Orders} orders ({by}){late}{others}";
        if (effort.AntiEntropy is { } looked)
        {
            yield return $"looking for differences took {looked.Calls} calls between services, which carried {looked.Changes} changes";
        }

        if (effort.CountsLost.Count > 0)
        {
            yield return $"messages and calls are unknown: {string.Join(", ", effort.CountsLost)} was started again, and a process's counts end with it";
        }
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Seconds(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s");
}

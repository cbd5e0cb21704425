using System.Diagnostics.Metrics;

namespace Consistency.Telemetry;

/// <summary>The values of one reading.</summary>
public sealed class GaugeValues
{
    private readonly Dictionary<Gauge, List<Measurement<double>>> values = [];

    /// <summary>Sets a gauge.</summary>
    /// <param name="gauge">Which.</param>
    /// <param name="value">Its value.</param>
    /// <param name="labels">Which series of it; never anything of which there may be any number.</param>
    public void Set(Gauge gauge, double value, params ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (!values.TryGetValue(gauge, out var series))
        {
            values[gauge] = series = [];
        }

        series.Add(new Measurement<double>(value, labels));
    }

    /// <summary>Sets an age in seconds: of the time in milliseconds since 1970 that a table has, 0 where it has none.</summary>
    public void SetAge(Gauge gauge, DateTimeOffset now, long? since, params ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        Set(gauge, since is { } time ? Math.Max(0, now.ToUnixTimeMilliseconds() - time) / 1000.0 : 0, labels);

    /// <summary>The series of a gauge; none where nothing was set.</summary>
    public IReadOnlyList<Measurement<double>> Of(Gauge gauge) => values.TryGetValue(gauge, out var series) ? series : [];
}

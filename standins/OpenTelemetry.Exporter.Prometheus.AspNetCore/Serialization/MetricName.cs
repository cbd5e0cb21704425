using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>
/// How an OpenTelemetry metric is called in Prometheus. Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility": what
/// is no letter, digit, colon becomes one underscore; the unit and, of counters, <c>total</c> are appended unless they are there.
/// </summary>
/// <param name="Family">As TYPE, HELP and UNIT call it.</param>
/// <param name="Sample">As its values are called (of histograms, before <c>_bucket</c>, <c>_sum</c>, <c>_count</c>).</param>
/// <param name="Unit">The unit in words; empty where there is none.</param>
internal readonly record struct MetricName(string Family, string Sample, string Unit)
{
    private const string Total = "_total";

    /// <summary>The name of a metric.</summary>
    /// <param name="name">The instrument's name.</param>
    /// <param name="unit">The instrument's unit, in UCUM's notation.</param>
    /// <param name="type">One of counter, gauge and histogram.</param>
    /// <param name="format">The text to be written.</param>
    /// <param name="withoutTotal">Leaves counters without their suffix, where the format allows it.</param>
    public static MetricName Of(string name, string? unit, string type, ScrapeFormat format, bool withoutTotal)
    {
        var isCounter = type == "counter";
        var words = UnitWords.Of(unit);
        var plain = Sanitize(name);
        var hadTotal = isCounter && plain.EndsWith(Total, StringComparison.Ordinal);
        var stem = hadTotal ? plain[..^Total.Length] : plain;
        if (words.Length > 0 && !stem.EndsWith(words, StringComparison.Ordinal))
        {
            // A name that ends in "total" keeps it at its end.
            stem += "_" + words;
        }

        var sample = isCounter && (hadTotal || format.IsOpenMetrics || !withoutTotal) ? stem + Total : stem;
        return new MetricName(format.IsOpenMetrics ? stem : sample, sample, words);
    }

    /// <summary>A name of letters, digits, underscores and colons, not beginning with a digit; no two underscores in a row.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var isPlain = char.IsAsciiLetterOrDigit(c) || c == ':';
            if (isPlain && char.IsAsciiDigit(c) && text.Length == 0)
            {
                text.Append('_');
            }

            if (isPlain || text.Length == 0 || text[^1] != '_')
            {
                text.Append(isPlain ? c : '_');
            }
        }

        return text.ToString();
    }

    /// <summary>Prometheus' word for what the SDK has measured; null for what has none (exponential histograms).</summary>
    public static string? TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };
}

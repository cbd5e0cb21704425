using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>Metrics of one name and type: Prometheus wants their series together, under one TYPE and HELP, whichever meters they are of.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">One of counter, gauge and histogram.</param>
/// <param name="Metrics">At least one.</param>
internal sealed record Family(MetricName Name, string Type, IReadOnlyList<Metric> Metrics);

/// <summary>Puts what was collected in order.</summary>
internal static class Families
{
    /// <summary>
    /// The families, by name. A name that stands for two types at once is left out, since a scraper would refuse the whole answer over it.
    /// </summary>
    public static IEnumerable<Family> Of(in Batch<Metric> batch, ScrapeFormat format, PrometheusAspNetCoreOptions options)
    {
        var found = new List<(MetricName Name, string Type, Metric Metric)>();
        foreach (var metric in batch)
        {
            if (MetricName.TypeOf(metric.MetricType) is { } type)
            {
                found.Add((MetricName.Of(metric.Name, metric.Unit, type, format, options.DisableTotalNameSuffixForCounters), type, metric));
            }
        }

        return found
            .GroupBy(f => f.Name.Family, StringComparer.Ordinal)
            .Where(g => g.All(f => f.Type == g.First().Type))
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Family(g.First().Name, g.First().Type, [.. g.Select(f => f.Metric).OrderBy(m => m.MeterName, StringComparer.Ordinal)]));
    }
}

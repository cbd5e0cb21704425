using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>
/// Writes an answer. Sources: prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0.0, where counters and histograms also tell
/// since when they count, and the text says that it is complete.
/// </summary>
internal sealed class MetricsWriter(ScrapeFormat format, PrometheusAspNetCoreOptions options)
{
    // Sketch: an app has some 300 series of 150 bytes.
    private readonly StringBuilder text = new(64 * 1024);

    /// <summary>Tells the resource. Text knows no metrics of type info: there it is a gauge of 1.</summary>
    public void WriteTarget(Resource resource)
    {
        var labels = Labels.Of(resource.Attributes.Select(a => new KeyValuePair<string, object?>(a.Key, a.Value)));
        if (labels.Length == 0)
        {
            return;
        }

        Describe(format.IsOpenMetrics ? "target" : "target_info", format.IsOpenMetrics ? "info" : "gauge", unit: "", "Target metadata");
        Sample("target_info", labels, "1");
    }

    /// <summary>Writes metrics.</summary>
    public void Write(IEnumerable<Family> families)
    {
        foreach (var family in families)
        {
            Describe(
                family.Name.Family,
                family.Type,
                family.Name.Unit,
                family.Metrics.Select(m => m.Description).FirstOrDefault(d => !string.IsNullOrEmpty(d)) ?? "");
            foreach (var metric in family.Metrics)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Write(family, metric, point);
                }
            }
        }
    }

    /// <summary>The whole text.</summary>
    public byte[] End() => Encoding.UTF8.GetBytes((format.IsOpenMetrics ? text.Append("# EOF\n") : text).ToString());

    private void Describe(string name, string type, string unit, string help)
    {
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (format.IsOpenMetrics && unit.Length > 0)
        {
            text.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }

        if (help.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ');
            Labels.Escape(text, help, withQuotationMarks: format.IsOpenMetrics);
            text.Append('\n');
        }
    }

    private void Write(Family family, Metric metric, in MetricPoint point)
    {
        var labels = Labels.Of(metric, point.Tags, options.ScopeInfoEnabled);
        switch (metric.MetricType)
        {
            case MetricType.Histogram:
                WriteBuckets(family.Name.Sample, labels, point);
                break;
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                Sample(family.Name.Sample, labels, Numbers.Of(point.GetSumLong()));
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Sample(family.Name.Sample, labels, Numbers.Of(point.GetSumDouble()));
                break;
            case MetricType.LongGauge:
                Sample(family.Name.Sample, labels, Numbers.Of(point.GetGaugeLastValueLong()));
                break;
            default:
                Sample(family.Name.Sample, labels, Numbers.Of(point.GetGaugeLastValueDouble()));
                break;
        }

        if (format.IsOpenMetrics && family.Type != "gauge")
        {
            var since = point.StartTime.ToUnixTimeMilliseconds() / 1000m;
            Sample(family.Name.Family + "_created", labels, since.ToString("0.###", CultureInfo.InvariantCulture));
        }
    }

    // Each bucket holds those below it as well; the last holds all.
    private void WriteBuckets(string name, string labels, in MetricPoint point)
    {
        var (count, hasNegative) = (0L, false);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            hasNegative |= bucket.ExplicitBound < 0;
            var bound = $"le=\"{Numbers.Bound(bucket.ExplicitBound, format.IsOpenMetrics)}\"";
            Sample(name + "_bucket", labels.Length == 0 ? bound : labels + "," + bound, Numbers.Of(count));
        }

        // A sum that may fall is no sum to OpenMetrics, and without it there must be no count.
        if (!format.IsOpenMetrics || !hasNegative)
        {
            Sample(name + "_sum", labels, Numbers.Of(point.GetHistogramSum()));
            Sample(name + "_count", labels, Numbers.Of(point.GetHistogramCount()));
        }
    }

    private void Sample(string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }
}

using System.Globalization;
using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>Reads spec.metrics (of old, spec.metric) of a Configuration.</summary>
internal static class MetricsReader
{
    /// <summary>Reads the section.</summary>
    /// <exception cref="ResourceException">A field is wrong, or not supported.</exception>
    public static MetricsSettings Read(YamlMap metrics)
    {
        var http = metrics.Map("http");
        http?.Unsupported("pathMatching", "Remove it; paths are labels with 'increasedCardinality: true' only.");
        metrics.Unsupported("rules", "Remove it; relabel in Prometheus.");
        if (metrics.Boolean("recordErrorCodes") is true)
        {
            throw metrics.Error("recordErrorCodes", "true is not supported by the embedded sidecar", "Write false, or remove it.");
        }

        var settings = new MetricsSettings
        {
            Enabled = metrics.Boolean("enabled") ?? true,
            IncreasedCardinality = http?.Boolean("increasedCardinality") ?? false,
            ExcludeVerbs = http?.Boolean("excludeVerbs") ?? false,
            LatencyBuckets = Buckets(metrics),
        };
        http?.Finish();
        metrics.Finish();
        return settings;
    }

    private static List<double>? Buckets(YamlMap metrics)
    {
        const string Field = "latencyDistributionBuckets";
        var texts = metrics.Texts(Field);
        if (texts.Count == 0)
        {
            return null;
        }

        var bounds = new List<double>();
        foreach (var text in texts)
        {
            if (!int.TryParse(text, CultureInfo.InvariantCulture, out var bound) || bound <= bounds.LastOrDefault())
            {
                throw metrics.Error(Field, $"'{text}' is not a bound above the last", "Write whole milliseconds that rise: [1, 5, 10].");
            }

            bounds.Add(bound);
        }

        return bounds;
    }
}

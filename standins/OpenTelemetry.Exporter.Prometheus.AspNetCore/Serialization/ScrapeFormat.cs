using Microsoft.Net.Http.Headers;

namespace OpenTelemetry.Exporter.Serialization;

/// <summary>What a scraper can read.</summary>
/// <param name="IsOpenMetrics">OpenMetrics; else Prometheus' own text.</param>
/// <param name="Version">Version of the format.</param>
internal readonly record struct ScrapeFormat(bool IsOpenMetrics, string Version)
{
    /// <summary>Prometheus' text format.</summary>
    public static readonly ScrapeFormat Text = new(IsOpenMetrics: false, "0.0.4");

    /// <summary>OpenMetrics.</summary>
    public static readonly ScrapeFormat OpenMetrics = new(IsOpenMetrics: true, "1.0.0");

    private static readonly ScrapeFormat OpenMetricsDraft = new(IsOpenMetrics: true, "0.0.1");
    private static readonly ScrapeFormat TextNew = new(IsOpenMetrics: false, "1.0.0");

    /// <summary>
    /// The content type. From version 1.0.0 on it tells how names are escaped (prometheus.io/docs/instrumenting/content_negotiation): ours have
    /// underscores, whatever else the scraper could read.
    /// </summary>
    public string ContentType =>
        $"{(IsOpenMetrics ? "application/openmetrics-text" : "text/plain")}; version={Version}; charset=utf-8"
        + $"{(Version == "1.0.0" ? "; escaping=underscores" : "")}";

    /// <summary>The acceptable format that the scraper likes best, of equal ones the first; text where it says nothing that is known here.</summary>
    public static ScrapeFormat Negotiate(IList<MediaTypeHeaderValue> accepted)
    {
        var (best, bestQuality) = (Text, 0.0);
        foreach (var type in accepted)
        {
            var quality = type.Quality ?? 1;
            if (quality > bestQuality && Read(type) is { } format)
            {
                (best, bestQuality) = (format, quality);
            }
        }

        return best;
    }

    // OpenMetrics without a version is 1.0.0 (its specification, "Protocol Negotiation"), text is 0.0.4.
    private static ScrapeFormat? Read(MediaTypeHeaderValue type)
    {
        var version = type.Parameters.FirstOrDefault(p => p.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.Value.Value?.Trim('"');
        return (type.MediaType.Value?.ToLowerInvariant(), version) switch
        {
            ("application/openmetrics-text", null or "1.0.0") => OpenMetrics,
            ("application/openmetrics-text", "0.0.1") => OpenMetricsDraft,
            ("text/plain", null or "0.0.4") => Text,
            ("text/plain", "1.0.0") => TextNew,
            _ => null,
        };
    }
}

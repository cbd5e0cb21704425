namespace OpenTelemetry.Exporter;

/// <summary>How metrics are offered to Prometheus.</summary>
public class PrometheusAspNetCoreOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    // Several scrapers that come at about the same time share one collection.
    private const int DefaultCacheMilliseconds = 300;

    /// <summary>Where they are read; null for the default, <c>/metrics</c>.</summary>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>True to leave counters without the suffix <c>_total</c>. OpenMetrics has it always: its counters are not valid without.</summary>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>Whether each series tells its meter, by the labels <c>otel_scope_name</c> and <c>otel_scope_version</c>.</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>Whether <c>target_info</c> tells the resource: service name, version, instance.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>For how long an answer is given again, milliseconds; 0 to collect for each scrape that finds none under way.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 0.</exception>
    public int ScrapeResponseCacheDurationMilliseconds
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }
        = DefaultCacheMilliseconds;
}

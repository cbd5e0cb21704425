namespace Sidecar.Resources;

/// <summary>spec.metrics of a Configuration. Source: Dapr 1.18.3, pkg/config/configuration.go (MetricSpec).</summary>
public sealed record MetricsSettings
{
    /// <summary>enabled; on by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// http.increasedCardinality: label HTTP metrics with paths. Off by default, as Dapr has announced and not done: a path that holds an id makes a
    /// series for each order.
    /// </summary>
    public bool IncreasedCardinality { get; init; }

    /// <summary>http.excludeVerbs: no label for the method.</summary>
    public bool ExcludeVerbs { get; init; }

    /// <summary>latencyDistributionBuckets: upper bounds, in milliseconds; null for Dapr's.</summary>
    public IReadOnlyList<double>? LatencyBuckets { get; init; }
}

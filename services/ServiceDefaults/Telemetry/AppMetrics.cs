using OpenTelemetry.Metrics;

namespace ServiceDefaults.Telemetry;

/// <summary>Which metrics an app keeps, and where they are read.</summary>
public static class AppMetrics
{
    // Seconds. .NET's own bounds, and 0.3: the objective of a request (design: p99 < 300 ms), so that the share within it can be told exactly.
    private static readonly double[] RequestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    internal static MeterProviderBuilder AddAppMetrics(this MeterProviderBuilder metrics) =>
        metrics.AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime")
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = RequestSeconds })
            .AddPrometheusExporter();
}

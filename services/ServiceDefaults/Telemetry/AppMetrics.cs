using OpenTelemetry.Metrics;

namespace ServiceDefaults.Telemetry;

/// <summary>Which metrics an app keeps, and where they are read.</summary>
public static class AppMetrics
{
    internal static MeterProviderBuilder AddAppMetrics(this MeterProviderBuilder metrics) =>
        metrics.AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime").AddPrometheusExporter();
}

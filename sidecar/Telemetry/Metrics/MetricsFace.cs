using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Sidecar.Telemetry.Metrics;

/// <summary>GET /metrics on one sidecar's metrics port, in Prometheus' text format.</summary>
internal static class MetricsFace
{
    /// <summary>Collects one meter.</summary>
    public static MeterProvider Collect(SidecarMeter meter) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(meter.Name)
        .AddPrometheusExporter(static options =>
        {
            // Daprd's names, to the letter.
            options.DisableTotalNameSuffixForCounters = true;
            options.ScopeInfoEnabled = false;
            options.TargetInfoEnabled = false;
        })
        .Build();

    /// <summary>Makes <paramref name="app"/> answer.</summary>
    public static void Map(WebApplication app, MeterProvider provider) => app.UseOpenTelemetryPrometheusScrapingEndpoint(
        provider,
        predicate: null,
        path: "/metrics",
        static branch => branch.Use(static (http, next) =>
        {
            // In OpenMetrics every counter ends in _total, which daprd's do not.
            http.Request.Headers.Accept = "text/plain";
            return next(http);
        }),
        optionsName: null);

    /// <summary>Sets what it needs of the server.</summary>
    public static void Configure(KestrelServerOptions server) => server.AddServerHeader = false;
}

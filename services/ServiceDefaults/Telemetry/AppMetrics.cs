using Consistency.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Telemetry;

/// <summary>Which metrics an app keeps, and where they are read: <c>GET /metrics</c>, for Prometheus.</summary>
public static class AppMetrics
{
    // Prometheus keeps names that end so for histograms, and its own check refuses them elsewhere. What they tell is told by others: a starved
    // thread pool by its queue.
    private static readonly string[] LeftOut =
        ["dotnet.process.cpu.count", "dotnet.assembly.count", "dotnet.timer.count", "dotnet.thread_pool.thread.count"];

    // Seconds. .NET's own bounds, and 0.3: the objective of a request (design: p99 < 300 ms), so that the share within it can be told exactly.
    private static readonly double[] RequestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.3, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>
    /// Maps <c>GET /metrics</c>, which does not count itself; null where telemetry is off. Who may read it is the caller's business.
    /// </summary>
    public static IEndpointConventionBuilder? MapMetrics(this WebApplication app) =>
        app.Services.GetService<MeterProvider>() is { } provider
            ? app.MapPrometheusScrapingEndpoint(path: null, provider, configureBranchedPipeline: null, optionsName: null)
                .WithMetadata(new HttpMethodMetadata([HttpMethods.Get])) // The exporter would answer every method, CONNECT with a 500.
                .DisableHttpMetrics()
            : null;

    internal static MeterProviderBuilder AddAppMetrics(this MeterProviderBuilder metrics)
    {
        foreach (var name in LeftOut)
        {
            metrics.AddView(name, MetricStreamConfiguration.Drop);
        }

        return metrics.AddMeter(ConsistencyMeter.Name, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime")
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = RequestSeconds })
            .AddPrometheusExporter();
    }
}

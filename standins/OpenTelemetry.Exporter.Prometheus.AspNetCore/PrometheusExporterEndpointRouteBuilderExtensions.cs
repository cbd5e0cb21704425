using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Offers the metrics as an endpoint, which can have conventions of its own (authorization, rates).</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <summary>On the path of the options.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        MapPrometheusScrapingEndpoint(endpoints, path: null, meterProvider: null, configureBranchedPipeline: null, optionsName: null);

    /// <summary>On a path.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return MapPrometheusScrapingEndpoint(endpoints, path, meterProvider: null, configureBranchedPipeline: null, optionsName: null);
    }

    /// <summary>On a path, or else on the path of the options.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="path">The path.</param>
    /// <param name="meterProvider">Has the exporter; null for the app's own.</param>
    /// <param name="configureBranchedPipeline">Adds middleware before the endpoint.</param>
    /// <param name="optionsName">Which options tell the path; null for the unnamed ones.</param>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints,
        string? path,
        MeterProvider? meterProvider,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var branch = endpoints.CreateApplicationBuilder();

        // Before the options: they are set while the provider is made.
        meterProvider ??= endpoints.ServiceProvider.GetRequiredService<MeterProvider>();
        configureBranchedPipeline?.Invoke(branch);
        branch.UseMiddleware<PrometheusExporterMiddleware>(meterProvider);
        return endpoints.Map(
            PrometheusExporterApplicationBuilderExtensions.PathOf(endpoints.ServiceProvider, path, optionsName).Value!, branch.Build());
    }
}

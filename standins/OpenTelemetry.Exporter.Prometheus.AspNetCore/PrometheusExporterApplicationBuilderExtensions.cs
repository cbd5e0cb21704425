using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Offers the metrics on a path, or on requests of a kind.</summary>
public static class PrometheusExporterApplicationBuilderExtensions
{
    /// <summary>On the path of the options.</summary>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app) =>
        UseOpenTelemetryPrometheusScrapingEndpoint(
            app, meterProvider: null, predicate: null, path: null, configureBranchedPipeline: null, optionsName: null);

    /// <summary>On a path.</summary>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return UseOpenTelemetryPrometheusScrapingEndpoint(
            app, meterProvider: null, predicate: null, path, configureBranchedPipeline: null, optionsName: null);
    }

    /// <summary>On the requests that a predicate picks.</summary>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(this IApplicationBuilder app, Func<HttpContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return UseOpenTelemetryPrometheusScrapingEndpoint(
            app, meterProvider: null, predicate, path: null, configureBranchedPipeline: null, optionsName: null);
    }

    /// <summary>On the requests that a predicate picks, or else on a path, or else on the path of the options.</summary>
    /// <param name="app">The app.</param>
    /// <param name="meterProvider">Has the exporter; null for the app's own.</param>
    /// <param name="predicate">Picks requests.</param>
    /// <param name="path">The path, where there is no predicate.</param>
    /// <param name="configureBranchedPipeline">Adds middleware before the endpoint.</param>
    /// <param name="optionsName">Which options tell the path; null for the unnamed ones.</param>
    public static IApplicationBuilder UseOpenTelemetryPrometheusScrapingEndpoint(
        this IApplicationBuilder app,
        MeterProvider? meterProvider,
        Func<HttpContext, bool>? predicate,
        string? path,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(app);

        // Before the options: they are set while the provider is made.
        meterProvider ??= app.ApplicationServices.GetRequiredService<MeterProvider>();
        return predicate is null ? app.Map(PathOf(app.ApplicationServices, path, optionsName), Branch) : app.MapWhen(predicate, Branch);

        void Branch(IApplicationBuilder branch)
        {
            configureBranchedPipeline?.Invoke(branch);
            branch.UseMiddleware<PrometheusExporterMiddleware>(meterProvider);
        }
    }

    internal static PathString PathOf(IServiceProvider services, string? path, string? optionsName)
    {
        path ??= services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>()
                .Get(optionsName ?? Options.DefaultName).ScrapeEndpointPath
            ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath;
        return path.StartsWith('/') ? path : "/" + path;
    }
}

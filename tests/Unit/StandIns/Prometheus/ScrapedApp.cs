using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Tests.Unit.StandIns.Prometheus;

/// <summary>An app with a meter of its own, scraped over a real socket.</summary>
internal sealed class ScrapedApp : IAsyncDisposable
{
    private static int names;

    private readonly WebApplication app;
    private readonly MeterProvider provider;

    private ScrapedApp(WebApplication app, MeterProvider provider, Meter meter)
    {
        (this.app, this.provider, Meter) = (app, provider, meter);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>The meter; its name is told by the label otel_scope_name.</summary>
    public Meter Meter { get; }

    public HttpClient Client { get; }

    public static async Task<ScrapedApp> StartAsync(
        Action<PrometheusAspNetCoreOptions>? configure = null, Action<MeterProviderBuilder>? more = null, string meterName = "m")
    {
        var meter = new Meter($"{meterName}.{NewName()}");
        var builder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "shop")]))
            .AddMeter(meter.Name)
            .AddPrometheusExporter(options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.ScopeInfoEnabled = false;
                configure?.Invoke(options);
            });
        more?.Invoke(builder);
        var metrics = builder.Build();
        var web = WebApplication.CreateBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        var scraped = web.Build();
        scraped.MapPrometheusScrapingEndpoint("/metrics", metrics, configureBranchedPipeline: null, optionsName: null);
        await scraped.StartAsync(TestContext.Current.CancellationToken);
        return new ScrapedApp(scraped, metrics, meter);
    }

    /// <summary>A part of a meter's name that no other test has: names are the process's, and tests run side by side.</summary>
    public static string NewName() => Interlocked.Increment(ref names).ToString(CultureInfo.InvariantCulture);

    /// <summary>The lines of an answer, in text format or in what is asked for.</summary>
    public async Task<string[]> ScrapeAsync(string? accept = null)
    {
        using var response = await AskAsync(accept);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task<HttpResponseMessage> AskAsync(string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/metrics", UriKind.Relative));
        foreach (var type in accept?.Split(',') ?? [])
        {
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(type.Trim()));
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        provider.Dispose();
        Meter.Dispose();
    }
}

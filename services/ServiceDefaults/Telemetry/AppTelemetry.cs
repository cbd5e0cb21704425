using System.Reflection;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServiceDefaults.Hosting;

namespace ServiceDefaults.Telemetry;

/// <summary>
/// What every app tells of itself while it runs: traces and metrics, both off with OTEL_SDK_DISABLED=true (OpenTelemetry's specification).
/// </summary>
public static class AppTelemetry
{
    // Of the 5 s that the host has for all of its end: a collector that does not answer must not use them up.
    private const int FlushMs = 1500;

    /// <summary>
    /// Registers traces and metrics under the app's name; they begin with the app, and what is still to be sent goes out at its end.
    /// </summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static void AddAppTelemetry(this WebApplicationBuilder builder, string appId)
    {
        var settings = TelemetrySettings.Read(builder.Configuration);
        builder.Logging.Configure(o => o.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(ShowTraces).Configure<JsonConsoleFormatterOptions>(ShowTraces);
        if (settings.IsOff)
        {
            return;
        }

        RequestSpans.Describe();
        builder.Services.AddSingleton<IStartupFilter, RequestSpans>();
        builder.Services.AddSingleton(s => OpenTelemetrySdk.Create(telemetry =>
        {
            telemetry.Services.AddSingleton<IConfiguration>(builder.Configuration);
            telemetry
                .ConfigureResource(resource => Describe(resource, s.GetRequiredService<ServiceIdentity>()))
                .WithTracing(tracing => tracing.AddAppTraces(settings, isPublic: appId == AppIds.Gateway, s.GetRequiredService<TimeProvider>()))
                .WithMetrics(metrics => AddReaders(metrics.AddAppMetrics(), settings));
        }));
        builder.Services.AddSingleton(s => s.GetRequiredService<OpenTelemetrySdk>().TracerProvider);
        builder.Services.AddSingleton(s => s.GetRequiredService<OpenTelemetrySdk>().MeterProvider);
        builder.Services.AddHostedService<Start>();

        // A trace's id is a scope. What the configuration says of the console wins, also which formatter it has.
        void ShowTraces(ConsoleFormatterOptions console) =>
            console.IncludeScopes = builder.Configuration.GetValue("Logging:Console:FormatterOptions:IncludeScopes", defaultValue: true);
    }

    private static MeterProviderBuilder AddReaders(MeterProviderBuilder metrics, TelemetrySettings settings) =>
        settings.MetricsToOtlp ? metrics.AddOtlpExporter() : metrics;

    // What the environment says (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last, and so wins.
    private static void Describe(ResourceBuilder resource, ServiceIdentity identity) => resource
        .AddService(
            identity.AppId,
            serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            serviceInstanceId: identity.InstanceId)
        .AddEnvironmentVariableDetector();

    // Nobody asks for the providers: something must, before the first request.
    private sealed class Start(OpenTelemetrySdk telemetry) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
            () =>
            {
                telemetry.TracerProvider.Shutdown(FlushMs);
                telemetry.MeterProvider.Shutdown(FlushMs);
                telemetry.Dispose();
            },
            CancellationToken.None);
    }
}

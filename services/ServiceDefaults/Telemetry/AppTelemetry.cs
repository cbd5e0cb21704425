using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace ServiceDefaults.Telemetry;

/// <summary>What every app tells of itself while it runs: traces and metrics, both off with OTEL_SDK_DISABLED=true (OpenTelemetry's specification).</summary>
public static class AppTelemetry
{
    /// <summary>Registers traces and metrics under the app's name; they begin with the app, and what is still to be sent goes out at its end.</summary>
    public static void AddAppTelemetry(this WebApplicationBuilder builder, string appId)
    {
        if (string.Equals(builder.Configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        builder.Services.AddSingleton(_ => OpenTelemetrySdk.Create(telemetry => telemetry
            .ConfigureResource(resource => resource.AddService(appId, serviceInstanceId: builder.Configuration["APP_INSTANCE"]))
            .WithTracing(tracing => tracing.AddAppTraces(builder.Configuration))
            .WithMetrics(metrics => metrics.AddAppMetrics())));
        builder.Services.AddSingleton(s => s.GetRequiredService<OpenTelemetrySdk>().TracerProvider);
        builder.Services.AddSingleton(s => s.GetRequiredService<OpenTelemetrySdk>().MeterProvider);
        builder.Services.AddHostedService<Start>();
    }

    // Nobody asks for the providers: something must, before the first request.
    private sealed class Start(OpenTelemetrySdk telemetry) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            telemetry.Dispose();
            return Task.CompletedTask;
        }
    }
}

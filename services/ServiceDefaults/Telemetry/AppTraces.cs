using Consistency.Telemetry;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Telemetry;

/// <summary>Which spans an app records, and where they go.</summary>
public static class AppTraces
{
    // The last two: what services do with messages and changes, and the official package's name for workflow activities.
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", Span.SourceName, "Dapr.Workflow"];

    internal static TracerProviderBuilder AddAppTraces(
        this TracerProviderBuilder tracing, TelemetrySettings settings, bool isPublic, TimeProvider time)
    {
        tracing.AddSource(Sources).SetSampler(settings.CreateSampler(isPublic, time));
        if (settings.TraceExporters.Contains(TelemetrySettings.Zipkin))
        {
#pragma warning disable CS0618 // Its end is announced in favour of OTLP, which is one setting away; Zipkin is what Dapr's own settings name.
            tracing.AddZipkinExporter();
#pragma warning restore CS0618
        }

        return settings.TraceExporters.Contains(TelemetrySettings.Otlp) ? tracing.AddOtlpExporter() : tracing;
    }
}

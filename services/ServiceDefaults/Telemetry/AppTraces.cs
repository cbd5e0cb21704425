using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Telemetry;

/// <summary>Which spans an app records, and where they go.</summary>
public static class AppTraces
{
    internal static TracerProviderBuilder AddAppTraces(this TracerProviderBuilder tracing, IConfiguration configuration) =>
        tracing.AddSource("Microsoft.AspNetCore", "System.Net.Http");
}

using System.Globalization;
using Sidecar.Hosting;
using Sidecar.Resources;

namespace Sidecar.Telemetry;

/// <summary>
/// OpenTelemetry's own variables, which daprd reads too: a collector named by them gets the spans where the Configuration names none.
/// Sources: Dapr 1.18.3, pkg/config (SetTracingSpecFromEnv); OpenTelemetry, "SDK environment variables".
/// </summary>
internal static class OtelEnvironment
{
    /// <summary>True where spans and metrics are to be off altogether (<c>OTEL_SDK_DISABLED</c>).</summary>
    public static bool IsDisabled(Func<string, string?> variable) =>
        string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The settings with what the variables add.</summary>
    /// <exception cref="StartupException">A variable is wrong.</exception>
    public static TracingSettings? Complete(TracingSettings? settings, Func<string, string?> variable)
    {
        if (settings?.Otel is not null || Of(variable, "ENDPOINT") is not { } endpoint)
        {
            return settings;
        }

        // Dapr cuts the scheme off and asks for another variable; here it counts as it does for every other program that reads this one.
        var isPlain = endpoint.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || variable("OTEL_EXPORTER_OTLP_INSECURE") == "true";
        var scheme = endpoint.IndexOf("://", StringComparison.Ordinal);
        var address = scheme < 0 ? endpoint : endpoint[(scheme + 3)..];
        var protocol = Of(variable, "PROTOCOL")?.StartsWith("http", StringComparison.Ordinal) == true ? OtelProtocol.Http : OtelProtocol.Grpc;
        return (settings ?? new TracingSettings(1)) with
        {
            Otel = new OtelSettings(address.TrimEnd('/').Split('/')[0], protocol, !isPlain)
            {
                Headers = [.. (Of(variable, "HEADERS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Header)],
                Timeout = Timeout(variable),
            },
        };
    }

    private static KeyValuePair<string, string> Header(string text) => text.Split('=', 2) is [{ Length: > 0 } name, var value]
        ? new(name.Trim(), Uri.UnescapeDataString(value.Trim()))
        : throw new StartupException($"OTEL_EXPORTER_OTLP_HEADERS: '{text}' is not name=value. Write such pairs with commas between them.");

    private static TimeSpan? Timeout(Func<string, string?> variable) => Of(variable, "TIMEOUT") switch
    {
        null => null,
        var text when int.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0 =>
            TimeSpan.FromMilliseconds(milliseconds),
        var text => throw new StartupException($"OTEL_EXPORTER_OTLP_TIMEOUT: '{text}' is not a number of milliseconds. Write one above 0."),
    };

    // The variable about traces beats the one about everything.
    private static string? Of(Func<string, string?> variable, string name) =>
        variable($"OTEL_EXPORTER_OTLP_TRACES_{name}") is { Length: > 0 } traces ? traces
        : variable($"OTEL_EXPORTER_OTLP_{name}") is { Length: > 0 } all ? all
        : null;
}

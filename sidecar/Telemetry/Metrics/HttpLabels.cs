namespace Sidecar.Telemetry.Metrics;

/// <summary>
/// The labels of HTTP metrics, bounded in number. Source: Dapr 1.18.3, pkg/diagnostics/http_monitoring.go and http_monitoring_legacy.go.
/// </summary>
internal static class HttpLabels
{
    private static readonly HashSet<string> Verbs =
        new(StringComparer.Ordinal) { "GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE" };

    /// <summary>The method, or UNKNOWN.</summary>
    public static string Verb(string method) => Verbs.Contains(method) ? method : "UNKNOWN";

    /// <summary>The path: only those that daprd itself asks for, or with <paramref name="increased"/> all, their ids left out.</summary>
    public static string Path(string path, bool increased) =>
        path is "/dapr/config" or "/dapr/metrics" or "/dapr/subscribe" or "/healthz" ? path : increased ? WithoutIds(path) : "";

    // Without keys, instances and events; what an invocation or a topic is named stays.
    private static string WithoutIds(string path)
    {
        var parts = path.TrimStart('/').Split('/', 6);
        return parts switch
        {
            [_, "state" or "secrets", _, ..] => $"/{string.Join('/', parts[..3])}",
            [_, "workflows", _, _] => $"/{string.Join('/', parts[..3])}/{{instanceId}}",
            [_, "workflows", _, _, "start"] => $"/{string.Join('/', parts)}",
            [_, "workflows", _, _, "raiseEvent", _] => $"/{string.Join('/', parts[..3])}/{{instanceId}}/raiseEvent/{{eventName}}",
            [_, "workflows", _, _, var verb, ..] => $"/{string.Join('/', parts[..3])}/{{instanceId}}/{verb}",
            _ => path,
        };
    }
}

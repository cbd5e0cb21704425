using Sidecar.Hosting.RunFiles;

namespace Sidecar.Hosting;

/// <summary>
/// The environment variables that <c>dapr run</c> sets for an app, DATA_DIR, and APP_INSTANCE: which of several instances it is, from 1. The run file's <c>env</c> wins.
/// </summary>
internal static class AppEnvironment
{
    public static Dictionary<string, string> Of(AppSpec spec, AppPorts ports, string dataDirectory)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["APP_ID"] = spec.AppId,
            ["APP_PROTOCOL"] = "http",
            ["APP_CHANNEL_ADDRESS"] = "127.0.0.1",
            ["DAPR_HTTP_PORT"] = $"{ports.Http}",
            ["DAPR_GRPC_PORT"] = $"{ports.Grpc}",
            ["DAPR_METRICS_PORT"] = $"{ports.Metrics}",
            ["DATA_DIR"] = dataDirectory,
            ["APP_INSTANCE"] = $"{spec.Instance}",
        };
        if (ports.App is { } port)
        {
            variables["APP_PORT"] = $"{port}";
        }

        foreach (var (name, value) in spec.Env)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>
    /// A token for one app: from the run file's <c>env</c>, else from this process's environment; null where unset or
    /// empty.
    /// </summary>
    public static string? Token(AppSpec spec, string name)
    {
        var value = spec.Env.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }
}

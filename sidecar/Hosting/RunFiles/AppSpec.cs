using Sidecar.Resources;

namespace Sidecar.Hosting.RunFiles;

/// <summary>Where log lines go.</summary>
[Flags]
public enum LogDestination
{
    /// <summary>Standard output.</summary>
    Console = 1,

    /// <summary>A file in the app directory's <c>.dapr/logs</c>.</summary>
    File = 2,

    /// <summary>Both.</summary>
    FileAndConsole = Console | File,
}

/// <summary>App health checks. Source: Dapr docs, "App health checks".</summary>
/// <param name="Path">Path that answers 2xx while the app is healthy (default /healthz).</param>
/// <param name="Interval">Time between probes (default 5 s).</param>
/// <param name="Timeout">Limit of one probe (default 500 ms).</param>
/// <param name="Threshold">Failures in a row that make the app unhealthy (default 3).</param>
public sealed record AppHealthSpec(string Path, TimeSpan Interval, TimeSpan Timeout, int Threshold);

/// <summary>One app of a dapr.yaml, merged with its common section; all paths are absolute.</summary>
/// <param name="AppId">apps[].appID, by default the name of its directory.</param>
/// <param name="Field">Its place in the file, for example <c>apps[0]</c>.</param>
/// <param name="Directory">appDirPath.</param>
public sealed record AppSpec(string AppId, string Field, string Directory)
{
    /// <summary>Which of several instances of the app this is, from 1.</summary>
    public int Instance { get; init; } = 1;

    /// <summary>The app's id, and from the second instance on its number: <c>inventory-2</c>. For logs; Dapr's calls know ids only.</summary>
    public string Name => Instance == 1 ? AppId : $"{AppId}-{Instance}";

    /// <summary>What starts the app; empty for a sidecar without an app process.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Extra environment variables: common ones, overridden by the app's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>(
        StringComparer.Ordinal);

    /// <summary>Port of the app; null for an app that takes no calls.</summary>
    public int? AppPort { get; init; }

    /// <summary>Port of the sidecar's HTTP API as declared; null to pick a free one.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Port of the sidecar's gRPC API as declared; null to pick a free one.</summary>
    public int? GrpcPort { get; init; }

    /// <summary>Port of the sidecar's metrics as declared; null to pick a free one.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Resource directories in order.</summary>
    public IReadOnlyList<ResourceDirectory> Resources { get; init; } = [];

    /// <summary>Configuration file, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Health checks; null where they are off.</summary>
    public AppHealthSpec? Health { get; init; }

    /// <summary>Where the app's output goes.</summary>
    public LogDestination AppLog { get; init; } = LogDestination.Console;

    /// <summary>Where the sidecar's own lines about this app go.</summary>
    public LogDestination SidecarLog { get; init; } = LogDestination.Console;

    /// <summary>Least level of the sidecar's own lines.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Log every API call.</summary>
    public bool ApiLogging { get; init; }

    /// <summary>Largest accepted body in bytes (Dapr's default: 4 MiB).</summary>
    public long MaxBodyBytes { get; init; } = 4 << 20;
}

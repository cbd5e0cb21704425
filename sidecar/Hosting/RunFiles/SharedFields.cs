using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Hosting.RunFiles;

/// <summary>The fields that may stand under <c>common</c> and under each app; an app's own value wins.</summary>
internal sealed record SharedFields
{
    private static readonly Dictionary<string, LogDestination> Destinations = new(StringComparer.Ordinal)
    {
        ["console"] = LogDestination.Console,
        ["file"] = LogDestination.File,
        ["fileAndConsole"] = LogDestination.FileAndConsole,
    };

    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["fatal"] = LogLevel.Critical,
        ["panic"] = LogLevel.Critical,
    };

    private static readonly Dictionary<string, bool> Protocols = new(StringComparer.Ordinal) { ["http"] = true };

    private static readonly string[] NotSupported =
    [
        "apiListenAddresses", "appSSL", "daprHTTPReadBufferSize", "enableProfiling", "placementHostAddress",
        "readBufferSize", "runtimePath", "schedulerHostAddress",
    ];

    public IReadOnlyList<ResourceDirectory> Resources { get; private init; } = [];

    public string? ConfigFile { get; private init; }

    public IReadOnlyDictionary<string, string> Env { get; private init; } = new Dictionary<string, string>(
        StringComparer.Ordinal);

    public bool? HealthCheck { get; private init; }

    public string? HealthPath { get; private init; }

    public int? HealthIntervalSeconds { get; private init; }

    public int? HealthTimeoutMilliseconds { get; private init; }

    public int? HealthThreshold { get; private init; }

    public LogDestination? AppLog { get; private init; }

    public LogDestination? SidecarLog { get; private init; }

    public LogLevel? LeastLevel { get; private init; }

    public bool? ApiLogging { get; private init; }

    public long? MaxBodyBytes { get; private init; }

    /// <summary>Field of the probe timeout, for the error about one that is longer than the interval.</summary>
    private (YamlMap Map, string Key)? HealthTimeoutField { get; init; }

    /// <summary>Reads the shared fields of a map and refuses every field of it that is still unknown.</summary>
    public static SharedFields Read(YamlMap map, string directory)
    {
        foreach (var field in NotSupported)
        {
            map.Unsupported(field, "Remove it, or use a real Dapr.");
        }

        _ = map.Choice("appProtocol", Protocols);
        if (map.Integer("appMaxConcurrency", -1, int.MaxValue) is > 0)
        {
            throw map.Error(
                "appMaxConcurrency",
                "a limit is not supported by the embedded sidecar",
                "Remove it, or write -1 for no limit.");
        }

        var fields = new SharedFields
        {
            Resources = ReadResources(map, directory),
            ConfigFile = map.Text("configFilePath") is { Length: > 0 } file ? Absolute(file, directory) : null,
            Env = map.Scalars("env"),
            HealthCheck = map.Boolean("enableAppHealthCheck"),
            HealthPath = map.Text("appHealthCheckPath"),
            HealthIntervalSeconds = map.Integer("appHealthProbeInterval", 1, 86_400),
            HealthTimeoutMilliseconds = map.Integer("appHealthProbeTimeout", 1, 86_400_000),
            HealthTimeoutField = (map, "appHealthProbeTimeout"),
            HealthThreshold = map.Integer("appHealthThreshold", 1, 1_000_000),
            AppLog = map.Choice("appLogDestination", Destinations),
            SidecarLog = map.Choice("daprdLogDestination", Destinations),
            LeastLevel = map.Choice("logLevel", Levels),
            ApiLogging = map.Boolean("enableApiLogging"),
            MaxBodyBytes = BodySize.Read(map),
        };
        map.Finish();
        return fields;
    }

    /// <summary>An absolute path; <c>~/</c> is the home directory, as in the Dapr CLI.</summary>
    public static string Absolute(string path, string directory) =>
        path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
            : Path.GetFullPath(path, directory);

    /// <summary>These fields, with those of <paramref name="common"/> where absent.</summary>
    public SharedFields Over(SharedFields common) => this with
    {
        Env = common.Env.Concat(Env).GroupBy(e => e.Key, StringComparer.Ordinal).ToDictionary(
            g => g.Key, g => g.Last().Value, StringComparer.Ordinal),
        HealthCheck = HealthCheck ?? common.HealthCheck,
        HealthPath = HealthPath ?? common.HealthPath,
        HealthIntervalSeconds = HealthIntervalSeconds ?? common.HealthIntervalSeconds,
        HealthTimeoutMilliseconds = HealthTimeoutMilliseconds ?? common.HealthTimeoutMilliseconds,
        HealthTimeoutField = HealthTimeoutMilliseconds is null ? common.HealthTimeoutField : HealthTimeoutField,
        HealthThreshold = HealthThreshold ?? common.HealthThreshold,
        AppLog = AppLog ?? common.AppLog,
        SidecarLog = SidecarLog ?? common.SidecarLog,
        LeastLevel = LeastLevel ?? common.LeastLevel,
        ApiLogging = ApiLogging ?? common.ApiLogging,
        MaxBodyBytes = MaxBodyBytes ?? common.MaxBodyBytes,
    };

    /// <summary>The app with these fields, and Dapr's defaults where absent.</summary>
    public AppSpec Apply(AppSpec spec) => spec with
    {
        Env = Env,
        Health = HealthCheck is true ? Health() : null,
        AppLog = AppLog ?? spec.AppLog,
        SidecarLog = SidecarLog ?? spec.SidecarLog,
        LogLevel = LeastLevel ?? spec.LogLevel,
        ApiLogging = ApiLogging ?? spec.ApiLogging,
        MaxBodyBytes = MaxBodyBytes ?? spec.MaxBodyBytes,
    };

    private AppHealthSpec Health()
    {
        var health = new AppHealthSpec(
            HealthPath is { Length: > 0 } path ? path : "/healthz",
            TimeSpan.FromSeconds(HealthIntervalSeconds ?? 5),
            TimeSpan.FromMilliseconds(HealthTimeoutMilliseconds ?? 500),
            HealthThreshold ?? 3);
        if (health.Timeout > health.Interval && HealthTimeoutField is { } field)
        {
            throw field.Map.Error(
                field.Key,
                $"{health.Timeout.TotalMilliseconds} ms is longer than "
                + $"the probe interval of {health.Interval.TotalSeconds} s",
                "Make it shorter than appHealthProbeInterval.");
        }

        return health;
    }

    private static List<ResourceDirectory> ReadResources(YamlMap map, string directory)
    {
        var paths = map.Texts("resourcesPaths")
            .Select(
                (path, i) => new ResourceDirectory(Absolute(path, directory), map.File, map.At($"resourcesPaths[{i}]")))
            .ToList();
        if (map.Text("resourcesPath") is { Length: > 0 } single)
        {
            paths.Add(new ResourceDirectory(Absolute(single, directory), map.File, map.At("resourcesPath")));
        }

        return paths;
    }
}

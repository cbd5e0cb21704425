using System.Text;
using Sidecar.Hosting;
using Tests.Servers;
using Wire.Grpc;

namespace Tests.Contract.Recorded;

/// <summary>What a recording was made with.</summary>
/// <param name="Apps">App ids; the first one's sidecar is asked. None has a process: the tests are the apps.</param>
/// <param name="Resources">Resource files by name, for a kind of component (<c>sqlite</c>, <c>in-memory</c>, <c>redis</c>).</param>
public sealed record StageOptions(IReadOnlyList<string> Apps, Func<string, IEnumerable<Resource>> Resources)
{
    /// <summary>A Configuration with spec.tracing.samplingRate 1.</summary>
    public bool Traced { get; init; }

    /// <summary>Where the spans go; nowhere by default.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>The port of the first app's metrics, which are labelled with paths; null for one that nobody knows.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>False for a sidecar without an app.</summary>
    public bool HasApp { get; init; } = true;

    /// <summary>What the first app says to GET /dapr/subscribe.</summary>
    public string? Subscriptions { get; init; }

    /// <summary>More fields of the first app in the run file.</summary>
    public string AppFields { get; init; } = "";

    /// <summary>
    /// An entry that is played again at the end: what should not have been delivered for those before would have come by then.
    /// </summary>
    public string? Last { get; init; }
}

/// <summary>A sidecar host in this process, as <c>sidecar run</c> starts it, with scripted apps beside it.</summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorded-").FullName;
    private readonly Dictionary<string, (int App, int Http, int Grpc)> _ports;
    private readonly Dictionary<string, ScriptedApp> _apps;
    private readonly Dictionary<string, HttpClient> _clients;
    private readonly StringWriter _lines = new();
    private readonly TextWriter _log;
    private SidecarHost? _host;
    private RedisServer? _redis;

    private Stage(StageOptions options)
    {
        Options = options;
        _log = TextWriter.Synchronized(_lines);
        var ports = new HashSet<int>();
        _ports = options.Apps.ToDictionary(static id => id, _ => (Free(), Free(), Free()), StringComparer.Ordinal);
        ClosedPort = Free();
        _apps = _ports.ToDictionary(
            static p => p.Key,
            p => new ScriptedApp(p.Key, p.Value.App) { Subscriptions = p.Key == options.Apps[0] ? options.Subscriptions : null },
            StringComparer.Ordinal);
        _clients = _ports.ToDictionary(
            static p => p.Key,
            static p => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
                { BaseAddress = new Uri($"http://127.0.0.1:{p.Value.Http}") },
            StringComparer.Ordinal);

        int Free()
        {
            while (true)
            {
                if (LoopbackPort.Free() is var port && ports.Add(port))
                {
                    return port;
                }
            }
        }
    }

    public StageOptions Options { get; }

    public MovableTime Time { get; } = new();

    /// <summary>A port that nobody listens on.</summary>
    public int ClosedPort { get; }

    /// <summary>What the sidecars logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _lines.ToString();
            }
        }
    }

    public IEnumerable<ScriptedApp> Apps => _apps.Values;

    /// <param name="options">What to start.</param>
    /// <param name="kind">The kind of component.</param>
    /// <param name="redis">Path of redis-server, where <paramref name="kind"/> is redis.</param>
    public static async Task<Stage> StartAsync(StageOptions options, string kind, string? redis)
    {
        var stage = new Stage(options);
        if (kind is "redis")
        {
            stage._redis = await RedisServer.StartAsync(redis!);
        }
        stage.WriteFiles(kind);
        stage._host = await SidecarHost.StartAsync(
            new HostOptions(stage._folder, [], Path.Combine(stage._folder, "data")) { Time = stage.Time, Output = stage._log, Seed = 1 },
            CancellationToken.None);
        return stage;
    }

    public int AppPort(string appId) => _ports[appId].App;

    public HttpClient Client(string? caller) => _clients[caller ?? Options.Apps[0]];

    public GrpcChannel OpenGrpc() => new(new Uri($"http://127.0.0.1:{_ports[Options.Apps[0]].Grpc}"));

    /// <summary>Starts the apps, and waits until all are ready and subscribed.</summary>
    public async Task StartAppsAsync()
    {
        if (Options.HasApp)
        {
            await Task.WhenAll(_apps.Values.Select(static a => a.StartAsync()));
            await _host!.AllReady.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        }
    }

    /// <summary>The last app goes away.</summary>
    public Task StopAppAsync() => _apps[Options.Apps[^1]].StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        foreach (var app in _apps.Values)
        {
            await app.DisposeAsync();
        }
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void WriteFiles(string kind)
    {
        var resources = Directory.CreateDirectory(Path.Combine(_folder, "resources")).FullName;
        foreach (var (name, yaml) in Options.Resources(kind))
        {
            var text = yaml.Replace("REDIS", _redis?.Host, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(resources, $"{name}.yaml"), text);
        }
        var zipkin = Options.Zipkin is { } address ? $", zipkin: {{endpointAddress: \"{address}\"}}" : "";
        File.WriteAllText(Path.Combine(_folder, "config.yaml"), $$$"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: traced}
            spec: {tracing: {samplingRate: "1"{{{zipkin}}}}, metrics: {http: {increasedCardinality: true} } }
            """);
        var run = new StringBuilder("version: 1\ncommon:\n  resourcesPaths: [resources]\n");
        if (Options.Traced)
        {
            run.Append("  configFilePath: config.yaml\n");
        }
        run.Append("apps:\n");
        foreach (var (id, ports) in _ports)
        {
            run.Append($"  - {{appID: {id}, appDirPath: ., daprHTTPPort: {ports.Http}, daprGRPCPort: {ports.Grpc}");
            run.Append(Options.MetricsPort is { } metrics && id == Options.Apps[0] ? $", metricsPort: {metrics}" : "");
            run.Append(Options.HasApp ? $", appPort: {ports.App}" : "");
            run.Append(id == Options.Apps[0] && Options.AppFields.Length > 0 ? $", {Options.AppFields}" : "");
            run.Append("}\n");
        }
        File.WriteAllText(Path.Combine(_folder, "dapr.yaml"), run.ToString());
    }
}

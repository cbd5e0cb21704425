using Microsoft.Data.Sqlite;
using Sidecar.Components;
using Sidecar.Hosting.Output;
using Sidecar.Hosting.Processes;
using Sidecar.Hosting.RunFiles;
using Sidecar.Invocation;
using Sidecar.PubSub;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Sidecar.Storage;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Metrics;
using Sidecar.Workflows;
using Sidecar.Workflows.Tracing;
using Sidecar.Zipkin;

namespace Sidecar.Hosting;

/// <summary>Runs the apps of one run file, each with its sidecar, in this process: <c>sidecar run</c>.</summary>
public sealed partial class SidecarHost : IAsyncDisposable
{
    /// <summary>The line that is printed once every app is ready and subscribed.</summary>
    public const string ReadyLine = "all apps ready";

    private const string LockFile = ".sidecar.lock";

    private readonly HostOptions _options;
    private readonly LineWriter _console;
    private readonly string _dataDirectory;
    private readonly Random _random;
    private readonly List<AppSidecar> _sidecars = [];
    private readonly List<IDisposable> _owned = [];
    private readonly List<AppTelemetry> _telemetry = [];
    private readonly Dictionary<string, WorkflowEngine> _engines = new(StringComparer.Ordinal);
    private ComponentSet? _components;
    private ZipkinServers? _zipkin;
    private ProcessGuard? _guard;

    private SidecarHost(HostOptions options)
    {
        _options = options;
        _console = new LineWriter(options.Output);
        _random = new Random(options.Seed);
        _dataDirectory = CreateDataDirectory(options);
        Own(LockDataDirectory(_dataDirectory));
    }

    /// <summary>Completes when every app is ready and subscribed.</summary>
    public Task AllReady { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when every sidecar was asked to shut down (POST /v1.0/shutdown) and has.</summary>
    public Task AllStopped => Task.WhenAll(_sidecars.Select(s => s.Stopped.Task));

    /// <summary>Reads everything, opens the components, listens, then starts the apps.</summary>
    /// <exception cref="ResourceException">A file is wrong.</exception>
    /// <exception cref="StartupException">Ports are taken, or the data directory cannot be made or is in use.
    /// </exception>
    public static async Task<SidecarHost> StartAsync(HostOptions options, CancellationToken cancellationToken)
    {
        if (options.TopicPrefix?.Length == 0)
        {
            throw new StartupException("--topic-prefix is empty: at the end the topics that others use would be deleted. Give one, or leave it out.");
        }

        var specs = options.Replicas.Of(RunFileReader.Read(options.RunFile, options.ResourcesPaths));
        var resources = specs.Select(Load).ToList();
        var configurations = specs.Select(s => Configure(s, options.ConfigFiles)).ToList();
        SubscriptionRuntime.Check(resources.SelectMany(r => r.Subscriptions));
        ComponentSet.RefuseUnknownTypes(resources.SelectMany(r => r.Components));
        var ports = PortPlan.Make(specs);
        var host = new SidecarHost(options);
        try
        {
            await host.BuildAsync(specs, resources, configurations, ports, cancellationToken);
            await host.RunAsync(specs, ports, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops deliveries, then the apps, then the servers; all apps at the same time.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_sidecars.Select(s => s.StopAsync()));
        foreach (var sidecar in _sidecars)
        {
            await sidecar.DisposeAsync();
        }

        _guard?.Dispose();
        foreach (var engine in _engines.Values)
        {
            await engine.DisposeAsync();
        }

        if (_components is not null)
        {
            await _components.DisposeAsync();
        }

        await Task.WhenAll(_telemetry.Select(static t => t.DisposeAsync().AsTask()));
        _telemetry.Clear();
        // After everybody who sends spans to it.
        await (_zipkin?.DisposeAsync() ?? ValueTask.CompletedTask);
        _owned.ForEach(o => o.Dispose());
        _owned.Clear();
        _engines.Clear();
        _sidecars.Clear();
    }

    private static AppResources Load(AppSpec spec) =>
        ResourceLoader.Load(spec.Resources, spec.AppId, Environment.GetEnvironmentVariable);

    private static ConfigurationResource? Configure(AppSpec spec, IReadOnlyList<string> more) =>
        more.Prepend(spec.ConfigFile).OfType<string>().Select(ConfigurationReader.ReadFile)
            .Aggregate((ConfigurationResource?)null, static (all, next) => all?.With(next) ?? next);

    private static string CreateDataDirectory(HostOptions options)
    {
        var fromEnvironment = Environment.GetEnvironmentVariable("DATA_DIR");
        var path = Path.GetFullPath(options.DataDirectory
            ?? (string.IsNullOrEmpty(fromEnvironment) ? null : fromEnvironment)
            ?? Path.Combine(Path.GetDirectoryName(RunFileReader.Locate(options.RunFile))!, ".run", "data"));
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"the data directory '{path}' cannot be made: {e.Message.TrimEnd('.')}. "
                + "Choose another with --data-dir.");
        }
    }

    // Brokers and stores keep what they know of their files in memory: two hosts on the same files would mix up messages.
    private static FileLock LockDataDirectory(string path)
    {
        try
        {
            return FileLock.TryTake(Path.Combine(path, LockFile)) ?? throw new StartupException(
                $"the data directory '{path}' is in use by another sidecar. "
                + "Stop that one, or choose another directory with --data-dir.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"the data directory '{path}' cannot be written: {e.Message.TrimEnd('.')}. "
                + "Choose another with --data-dir.");
        }
    }

    private async Task BuildAsync(
        IReadOnlyList<AppSpec> specs,
        IReadOnlyList<AppResources> resources,
        IReadOnlyList<ConfigurationResource?> configurations,
        IReadOnlyList<AppPorts> ports,
        CancellationToken cancellationToken)
    {
        var loggersOf = specs.Select(s => Own(CreateLoggers(s, s.Name))).ToList();
        var tracing = configurations.Select(c => AppTelemetry.Tracing(c?.Tracing, Environment.GetEnvironmentVariable)).ToList();
        _telemetry.AddRange(specs.Select((s, i) => AppTelemetry.Open(
            s.AppId, tracing[i], _options.Time, loggersOf[i],
            AppTelemetry.MetricsOf(configurations[i]?.Metrics, Environment.GetEnvironmentVariable), ports[i].Metrics)));
        var channels = specs.Select(
            (s, i) => new AppChannel(s.AppId, ports[i].App, AppEnvironment.Token(s, "APP_API_TOKEN"))
            {
                Access = configurations[i]?.AccessControl is { } access ? new AccessControlList(access) : null,
                HasHealthChecks = s.Health is not null,
                Telemetry = _telemetry[i],
            }).ToList();
        var directory = new AppDirectory(channels, _options.Time);
        var shared = Own(CreateLoggers(specs[0], "sidecar"));
        var zipkins = _options.OffersZipkin ? tracing.Select(static t => t?.Zipkin).OfType<Uri>() : [];
        _zipkin = await ZipkinServers.OpenAsync(zipkins, _options.Time, shared, cancellationToken);
        _components = new ComponentSet(new ComponentContext(_dataDirectory, _options.Time, shared)
        {
            TopicPrefix = _options.TopicPrefix,
        });
        for (var i = 0; i < specs.Count; i++)
        {
            var (spec, set) = (specs[i], resources[i]);
            var loggers = loggersOf[i];
            AppSidecar? sidecar = null;
            var runtime = new AppRuntime
            {
                AppId = spec.AppId,
                App = channels[i],
                Health = spec.Health,
                Apps = directory.SeenFrom(channels[i]),
                Components = set.Components,
                PubSubs = await _components.PubSubsAsync(set.Components, cancellationToken),
                StateStores = _telemetry[i].Measured(await _components.StateStoresAsync(set.Components, cancellationToken), _options.Time),
                InputBindings = await _components.InputBindingsAsync(set.Components, cancellationToken),
                Workflows = await OpenWorkflowsAsync(
                    spec.AppId, set.Components, configurations[i]?.WorkflowRetention, new(_telemetry[i].Tracer, tracing[i]?.SamplingRate),
                    _telemetry[i].Meter, loggers),
                Subscriptions = set.Subscriptions,
                Policies = new Policies(set.Resiliencies, set.Components, _options.Time, _random, loggers),
                TracingSamplingRate = tracing[i]?.SamplingRate,
                Telemetry = _telemetry[i],
                ApiToken = AppEnvironment.Token(spec, "DAPR_API_TOKEN"),
                MaxBodyBytes = spec.MaxBodyBytes,
                Faults = _options.Faults,
                Time = _options.Time,
                Loggers = loggers,
                RequestShutdown = () => _ = Task.Run(() => sidecar!.StopAsync()),
            };
            _telemetry[i].Loaded(set);
            var appLog = Own(
                new LogSink(spec, "app", spec.AppLog, _console, $"== APP - {spec.Name} == ", _options.Time));
            sidecar = new AppSidecar(spec, ports[i], runtime, channels[i], appLog);
            _sidecars.Add(sidecar);
        }
    }

    private async Task RunAsync(
        IReadOnlyList<AppSpec> specs, IReadOnlyList<AppPorts> ports, CancellationToken cancellationToken)
    {
        foreach (var sidecar in _sidecars)
        {
            await sidecar.StartServersAsync(cancellationToken);
        }

        _guard = new ProcessGuard();
        for (var i = 0; i < _sidecars.Count; i++)
        {
            _sidecars[i].StartApp(AppEnvironment.Of(specs[i], ports[i], _dataDirectory), _guard);
        }

        AllReady = AnnounceAsync();
    }

    private async Task AnnounceAsync()
    {
        await Task.WhenAll(_sidecars.Select(s => s.FirstReady));
        _console.Write(
            LineLoggerProvider.Format(
                _options.Time.GetUtcNow(), LogLevel.Information, "sidecar", ReadyLine, exception: null));
    }

    private async Task<IWorkflowEngine> OpenWorkflowsAsync(
        string appId, IReadOnlyList<Component> components, WorkflowRetentionPolicy? retention, WorkflowTracing tracing, SidecarMeter? meter,
        ILoggerFactory loggers)
    {
        // The instances of an app are workers of one engine: two on one file would each take the other's work for its own.
        if (_engines.TryGetValue(appId, out var opened))
        {
            return opened;
        }

        var logger = loggers.CreateLogger<SidecarHost>();
        if (ActorStateStore.Find(components, appId, _dataDirectory) is not { } store)
        {
            LogNoWorkflows(logger);
            return new NoWorkflows();
        }

        try
        {
            var engine = await WorkflowEngine.OpenAsync(
                store.Path, appId, _options.Time, () => Guid.CreateVersion7(_options.Time.GetUtcNow()), loggers, retention,
                tracing: tracing, meter: meter);
            _engines.Add(appId, engine);
            LogWorkflows(logger, store.Component);
            return engine;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StartupException(
                $"the workflows of {appId} cannot be opened in '{store.Path}': {e.Message.TrimEnd('.')}. "
                + $"Its place is that of the state store {store.Component}.");
        }
    }

    private ILoggerFactory CreateLoggers(AppSpec spec, string name) => LineLoggerProvider.CreateFactory(
        name, Own(new LogSink(spec, "daprd", spec.SidecarLog, _console, string.Empty, _options.Time)), spec.LogLevel, _options.Time);

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "workflows are kept beside the state store {Store}")]
    private static partial void LogWorkflows(ILogger logger, string store);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "workflows are off: no state store in scope has the metadata actorStateStore \"true\"")]
    private static partial void LogNoWorkflows(ILogger logger);
}

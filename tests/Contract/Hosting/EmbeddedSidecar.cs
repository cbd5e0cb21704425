using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Grpc;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.PubSub;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Sidecar.Telemetry;
using Sidecar.Workflows;
using Sidecar.Workflows.Tracing;
using Wire.Grpc;

namespace Tests.Contract.Hosting;

/// <summary>Both faces of app-a on real sockets, with a hand-built runtime; app-b and app-down (nobody listens) are beside it.</summary>
public sealed class EmbeddedSidecar : IAppDirectory, IAsyncDisposable
{
    private readonly SidecarOptions _options;
    private readonly string _directory;
    private readonly Dictionary<string, IAppChannel> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IStateStore> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPubSub> _brokers = new(StringComparer.Ordinal);
    private IAsyncDisposable? _subscriptions;
    private WebApplication? _host;
    private WebApplication? _grpcHost;
    private WorkflowEngine? _engine;

    private EmbeddedSidecar(SidecarOptions options)
    {
        _options = options;
        _directory = options.DataDirectory ?? Directory.CreateTempSubdirectory("contract-").FullName;
    }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    /// <summary>The gRPC face, with the sidecar's token.</summary>
    public GrpcChannel Grpc { get; private set; } = null!;

    /// <summary>The sidecar's own app.</summary>
    public FakeApp Self { get; private set; } = null!;

    public FakeApp Other { get; private set; } = null!;

    public AppRuntime Runtime { get; private set; } = null!;

    public TaskCompletionSource ShutdownRequested { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RecordingPublisher Publisher => (RecordingPublisher)_options.Publisher;

    public static async Task<EmbeddedSidecar> StartAsync(SidecarOptions? options = null)
    {
        var sidecar = new EmbeddedSidecar(options ?? new SidecarOptions());
        await sidecar.StartAsync();
        return sidecar;
    }

    public IAppChannel? Find(string appId) => _apps.GetValueOrDefault(appId);

    /// <summary>Asks the app for its subscriptions and starts deliveries, as the host does once the app is ready.</summary>
    public async Task SubscribeAsync() => _subscriptions = await SubscriptionRuntime.StartAsync(Runtime, CancellationToken.None);

    /// <summary>Stops the gRPC face as the host does, once the app is gone.</summary>
    public Task StopGrpcAsync() => _grpcHost!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Grpc.Dispose();
        if (_subscriptions is not null)
        {
            await _subscriptions.DisposeAsync();
        }
        await _host!.DisposeAsync();
        await _grpcHost!.DisposeAsync();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        foreach (var app in new[] { Self, Other, (FakeApp)_apps["app-down"] })
        {
            await app.Telemetry.DisposeAsync();
        }
        await Self.DisposeAsync();
        await Other.DisposeAsync();
        await ((FakeApp)_apps["app-down"]).DisposeAsync();
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }
        foreach (var broker in _brokers.Values)
        {
            await broker.DisposeAsync();
        }
        if (_options.DataDirectory is null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private async Task StartAsync()
    {
        Self = await FakeApp.StartAsync("app-a");
        Other = await FakeApp.StartAsync("app-b");
        var down = await FakeApp.StartAsync("app-down");
        await down.StopAsync();
        foreach (var app in new[] { Self, Other, down })
        {
            app.Telemetry = AppTelemetry.Open(app.AppId, Tracing(), _options.Time, _options.Loggers);
            _apps[app.AppId] = app;
        }
        _apps["app-a"] = _options.App ?? Self;
        var components = Components();
        var context = new ComponentContext(_directory, _options.Time, NullLoggerFactory.Instance);
        foreach (var component in components)
        {
            if (_options.Brokers.ContainsKey(component.Name))
            {
                _brokers[component.Name] = await ComponentFactories.PubSubs[component.Type](component, context, CancellationToken.None);
                continue;
            }
            _stores[component.Name] = await ComponentFactories.StateStores[component.Type](component, context, CancellationToken.None);
        }
        Runtime = new AppRuntime
        {
            AppId = "app-a",
            App = _options.App ?? Self,
            Apps = this,
            Components = components,
            PubSubs = _brokers,
            StateStores = _stores,
            Workflows = _options.Workflows ?? (_engine = await OpenWorkflowsAsync()) ?? (IWorkflowEngine)new NoWorkflows(),
            Subscriptions = [],
            Policies = new Policies(LoadResiliency(), components, TimeProvider.System, NewRandom(), NullLoggerFactory.Instance),
            TracingSamplingRate = _options.TracingSamplingRate,
            Telemetry = Self.Telemetry,
            ApiToken = _options.ApiToken,
            MaxBodyBytes = _options.MaxBodyBytes,
            Time = _options.Time,
            Loggers = _options.Loggers,
            RequestShutdown = () => ShutdownRequested.TrySetResult(),
        };
        var publisher = _brokers.Count == 0 ? _options.Publisher : new Publisher(Runtime);
        _host = await ServeAsync(HttpFace.Configure, app => HttpFace.Map(app, Runtime, publisher));
        Client.BaseAddress = new Uri(_host.Urls.First());
        _grpcHost = await ServeAsync(GrpcFace.Configure, app => GrpcFace.Map(app, Runtime, publisher));
        Grpc = new GrpcChannel(
            new Uri(_grpcHost.Urls.First()), _options.ApiToken is { } token ? [new("dapr-api-token", token)] : null);
    }

    private TracingSettings? Tracing() => _options.TracingSamplingRate is { } rate ? new TracingSettings(rate) { Zipkin = _options.Zipkin } : null;

    private static async Task<WebApplication> ServeAsync(Action<KestrelServerOptions> configure, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(configure);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private async Task<WorkflowEngine?> OpenWorkflowsAsync() =>
        ActorStateStore.Find(Components(), "app-a", _directory) is { } store
            ? await WorkflowEngine.OpenAsync(store.Path, "app-a", _options.Time, () => Guid.CreateVersion7(_options.Time.GetUtcNow()), _options.Loggers,
                tracing: new WorkflowTracing(Self.Telemetry.Tracer, _options.TracingSamplingRate))
            : null;

    private List<Component> Components() =>
        [.. _options.Brokers.Select(broker => new Component(
                broker.Key, broker.Value.Type, "v1", broker.Value.Metadata, [], $"{broker.Key}.yaml")),
            .. _options.Stores.Select(store => new Component(store.Key, store.Value.Type, "v1", store.Value.Metadata, [], $"{store.Key}.yaml"))];

    private IReadOnlyList<ResiliencyResource> LoadResiliency()
    {
        if (_options.Resiliency is null)
        {
            return [];
        }
        var resources = Directory.CreateDirectory(Path.Combine(_directory, "resources")).FullName;
        File.WriteAllText(Path.Combine(resources, "resiliency.yaml"), _options.Resiliency);
        return ResourceLoader.Load([new ResourceDirectory(resources, "test", "resourcesPaths")], "app-a", static _ => null).Resiliencies;
    }

    // The policies of these tests wait constant times; the seed is never drawn on.
#pragma warning disable RS0030 // A seed is given.
    private static Random NewRandom() => new(1);
#pragma warning restore RS0030
}

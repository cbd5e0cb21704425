using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Components.PubSubInMemory;
using Sidecar.Components.PubSubSqlite;
using Sidecar.Faults;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.PubSub;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Sidecar.Telemetry;

namespace Tests.Contract.PubSub;

/// <summary>What a rig is made with.</summary>
public sealed record RigOptions
{
    public string? Subscriptions { get; init; }

    public IReadOnlyList<Subscription> Declared { get; init; } = [];

    /// <summary>Retries of a constant policy of 20 ms; null for no resiliency.</summary>
    public int? Retries { get; init; }

    /// <summary>Time limit of one delivery; null for none. Needs <see cref="Retries"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    public double? SamplingRate { get; init; }

    public AppTelemetry Telemetry { get; init; } = AppTelemetry.Off;

    public bool InMemory { get; init; }

    /// <summary>Another component than the two embedded ones, and what opens it.</summary>
    public (Component Component, Func<Task<IPubSub>> OpenAsync)? Broker { get; init; }

    public int Concurrency { get; init; } = 10;

    /// <summary>More of the component's metadata: topic scopes.</summary>
    public IReadOnlyDictionary<string, string> Scopes { get; init; } = new Dictionary<string, string>();

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public FaultOptions Faults { get; init; } = new();
}

/// <summary>One app with its sidecar's pub/sub part, over real sockets and a real broker file.</summary>
public sealed class PubSubRig : IAsyncDisposable
{
    public const string ComponentName = "pubsub";
    public const string AppId = "app-c";

    private readonly HttpClient _client = new();
    private readonly RigOptions _options;
    private readonly string _folder = Directory.CreateTempSubdirectory("pubsub-").FullName;
    private WebApplication? _sidecar;
    private IPubSub? _broker;
    private IAsyncDisposable? _subscriptions;
    private AppChannel? _channel;
    private int _port;

    private PubSubRig(RigOptions options) => _options = options;

    public RecordingApp App { get; private set; } = null!;

    public AppRuntime Runtime { get; private set; } = null!;

    public static async Task<PubSubRig> StartAsync(RigOptions options)
    {
        var rig = new PubSubRig(options) { App = await RecordingApp.StartAsync() };
        rig.App.Subscriptions = options.Subscriptions;
        rig._port = rig.App.Address.Port;
        var component = options.Broker?.Component ?? new Component(
            ComponentName, options.InMemory ? "pubsub.in-memory" : "pubsub.sqlite", "v1",
            new Dictionary<string, string>(options.Scopes, StringComparer.OrdinalIgnoreCase) { ["concurrency"] = $"{options.Concurrency}" }, [], "pubsub.yaml");
        rig._broker = options.Broker is { } other ? await other.OpenAsync()
            : options.InMemory ? new InMemoryPubSub(TimeProvider.System, NullLoggerFactory.Instance)
            : await SqlitePubSub.OpenAsync(Path.Combine(rig._folder, "broker.db"), 1_000_000, TimeProvider.System, NullLoggerFactory.Instance);
        rig._channel = new AppChannel(AppId, rig._port, token: null);
        rig.Runtime = new AppRuntime
        {
            AppId = AppId,
            App = rig._channel,
            Apps = new AppDirectory([rig._channel]),
            Components = [component],
            PubSubs = new Dictionary<string, IPubSub> { [ComponentName] = rig._broker },
            StateStores = new Dictionary<string, IStateStore>(),
            Subscriptions = options.Declared,
            Policies = PoliciesOf(options, component),
            TracingSamplingRate = options.SamplingRate,
            Telemetry = options.Telemetry,
            Faults = options.Faults.Create(),
            Time = TimeProvider.System,
            Loggers = options.Loggers,
        };
        await rig.StartSidecarAsync();
        rig._channel.SetReady(true);
        await rig.SubscribeAsync();
        return rig;
    }

    /// <summary>What the host does when the app becomes ready.</summary>
    public async Task SubscribeAsync() => _subscriptions = await SubscriptionRuntime.StartAsync(Runtime, CancellationToken.None);

    /// <summary>What the host does when the app is gone.</summary>
    public async Task UnsubscribeAsync()
    {
        _channel!.SetReady(false);
        if (_subscriptions is not null)
        {
            await _subscriptions.DisposeAsync();
            _subscriptions = null;
        }
    }

    public void SetReady(bool ready) => _channel!.SetReady(ready);

    /// <summary>Ends the app as a crash does; nobody listens on its port any more.</summary>
    public async Task StopAppAsync() => await App.DisposeAsync();

    /// <summary>Starts another app on the same port, which answers as the old one would.</summary>
    public async Task RestartAppAsync()
    {
        var old = App;
        App = await RecordingApp.StartAsync(_port);
        App.Subscriptions = old.Subscriptions;
        App.Answer = old.Answer;
    }

    /// <summary>Ends an app that hangs, and starts another on its port.</summary>
    public async Task RestartAppOnNewServerAsync()
    {
        await App.AbortAsync();
        await RestartAppAsync();
        App.Answer = static _ => Task.FromResult(new Reply(200));
    }

    public async Task<(int Status, string Body)> PublishAsync(string pathAndQuery, string body, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        await SendAsync(pathAndQuery, Encoding.UTF8.GetBytes(body), contentType, headers);

    public async Task<(int Status, string Body)> SendAsync(string pathAndQuery, byte[] body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_sidecar!.Urls.Single()), pathAndQuery));
        request.Content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await UnsubscribeAsync();
        await _sidecar!.DisposeAsync();
        await _broker!.DisposeAsync();
        await App.DisposeAsync();
        _channel!.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Policies PoliciesOf(RigOptions options, Component component)
    {
        if (options.Retries is not { } retries)
        {
            return new Policies([], [component], TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        }
        var resource = new ResiliencyResource(
            "resiliency",
            new Dictionary<string, TimeSpan> { ["limit"] = options.Timeout ?? TimeSpan.Zero },
            new Dictionary<string, RetrySettings>
            {
                ["again"] = new(Exponential: false, TimeSpan.FromMilliseconds(20), TimeSpan.Zero, retries, null, null),
            },
            new Dictionary<string, CircuitBreakerSettings>(), new Dictionary<string, PolicyNames>(),
            new Dictionary<string, ComponentPolicyNames>
            {
                [ComponentName] = new(new PolicyNames(options.Timeout is null ? null : "limit", "again", null), new PolicyNames(null, null, null)),
            },
            [], "resiliency.yaml");
        return new Policies([resource], [component], TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
    }

    private async Task StartSidecarAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        _sidecar = builder.Build();
        HttpFace.Map(_sidecar, Runtime, new Publisher(Runtime));
        await _sidecar.StartAsync();
    }
}

using Microsoft.Extensions.Time.Testing;
using Sidecar.Bindings;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Tests.Contract.Hosting;

namespace Tests.Contract.Bindings;

/// <summary>The cron component <c>sync</c>, which fires every five seconds of a clock that stands, and apps on real sockets.</summary>
public sealed class BindingRig : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Component _component;
    private readonly IReadOnlyList<ResiliencyResource> _resiliency;
    private IInputBinding? _binding;

    private BindingRig(Dictionary<string, string> metadata, int retries)
    {
        metadata.TryAdd("schedule", "*/5 * * * * *");
        _component = new Component("sync", "bindings.cron", "v1", metadata, [], "sync.yaml");
        _resiliency = retries == 0 ? [] : [Retrying(retries)];
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));

    internal KeptLog Log { get; } = new();

    public static async Task<BindingRig> StartAsync(Dictionary<string, string>? metadata = null, int retries = 0)
    {
        var rig = new BindingRig(metadata ?? [], retries);
        rig._binding = await ComponentFactories.InputBindings["bindings.cron"](
            rig._component, new ComponentContext(".", rig.Time, rig.Log), CancellationToken.None);
        return rig;
    }

    public async Task<FakeApp> AppAsync(string id)
    {
        var app = await FakeApp.StartAsync(id);
        _owned.Add(app);
        return app;
    }

    /// <summary>What the host does when the app becomes ready.</summary>
    public IAsyncDisposable Start(IAppChannel app)
    {
        var running = BindingRuntime.Start(Runtime(app));
        _owned.Insert(0, running);
        return running;
    }

    /// <summary>What the host does when the app is gone.</summary>
    public async Task StopAsync(IAsyncDisposable running)
    {
        _owned.Remove(running);
        await running.DisposeAsync();
    }

    public AppRuntime Runtime(IAppChannel app) => new()
    {
        AppId = app.AppId,
        App = app,
        Apps = new AppDirectory([app]),
        Components = [_component],
        PubSubs = new Dictionary<string, IPubSub>(),
        StateStores = new Dictionary<string, IStateStore>(),
        InputBindings = new Dictionary<string, IInputBinding> { ["sync"] = _binding! },
        Subscriptions = [],
        Policies = new Policies(_resiliency, [_component], Time, new Random(1), Log),
        TracingSamplingRate = 1,
        Time = Time,
        Loggers = Log,
    };

    /// <summary>Lets the clock run, faster than the real one, until something has happened.</summary>
    public Task UntilAsync(Func<bool> condition, int stepMs = 100) => Eventually.HoldsAsync(() =>
    {
        if (condition())
        {
            return true;
        }
        Time.Advance(TimeSpan.FromMilliseconds(stepMs));
        return false;
    });

    /// <summary>Lets the clock run for so many seconds; what is under way gets time to arrive.</summary>
    public async Task PassAsync(int seconds)
    {
        var end = Time.GetUtcNow().AddSeconds(seconds);
        await UntilAsync(() => Time.GetUtcNow() >= end);
    }

    public Task WhenTriggeredAsync(string part = "triggers POST", int apps = 1) => Eventually.HoldsAsync(() => Log.Count(part) >= apps);

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
        await _binding!.DisposeAsync();
    }

    private static ResiliencyResource Retrying(int retries) => new(
        "resiliency", new Dictionary<string, TimeSpan>(),
        new Dictionary<string, RetrySettings>
        {
            ["again"] = new(Exponential: false, TimeSpan.FromMilliseconds(200), TimeSpan.Zero, retries, null, null),
        },
        new Dictionary<string, CircuitBreakerSettings>(), new Dictionary<string, PolicyNames>(),
        new Dictionary<string, ComponentPolicyNames>
        {
            ["sync"] = new(new PolicyNames(null, "again", null), new PolicyNames(null, null, null)),
        },
        [], "resiliency.yaml");
}

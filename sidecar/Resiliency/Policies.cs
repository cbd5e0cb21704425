using System.Collections.Concurrent;
using Sidecar.Resources;

namespace Sidecar.Resiliency;

/// <summary>
/// The policies of one app's sidecar. A target that is named in a file uses exactly the policies it names; any other
/// uses the default policies, most specific name first. Source: Dapr docs, "Setting default policies".
/// <para>
/// Dapr's built-in retries of service invocation (DaprBuiltInServiceRetries) repeat the hop between two sidecars when
/// it fails with gRPC Unavailable. Here both sidecars live in one process, that hop is a method call, and there is
/// nothing to repeat: an app that is down is answered at once, as it is behind a real sidecar.
/// </para>
/// </summary>
public sealed class Policies : IPolicies
{
    private const int DefaultBreakersPerApp = 100;

    private readonly Dictionary<string, TimeSpan> _timeouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RetrySettings> _retries = new(BuiltInRetries.All, StringComparer.Ordinal);
    private readonly Dictionary<string, CircuitBreakerSettings> _breakers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyNames> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ComponentPolicyNames> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _componentTypes;

    private readonly ConcurrentDictionary<string, LruCache<Policy>> _appPolicies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IPolicy> _inbound = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IPolicy> _outbound = new(StringComparer.Ordinal);

    // Dapr keeps one breaker per component, which deliveries and calls share.
    private readonly ConcurrentDictionary<string, CircuitBreaker> _componentBreakers = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;

    /// <summary>Merges the files; later ones override earlier ones name by name.</summary>
    /// <param name="resiliencies">The files in scope, in load order.</param>
    /// <param name="components">The components in scope; their types choose among the default policies.</param>
    /// <param name="time">Clock.</param>
    /// <param name="random">For exponential waits.</param>
    /// <param name="loggers">Loggers.</param>
    public Policies(
        IEnumerable<ResiliencyResource> resiliencies,
        IEnumerable<Component> components,
        TimeProvider time,
        Random random,
        ILoggerFactory loggers)
    {
        _time = time;
        _random = random;
        _logger = loggers.CreateLogger<Policies>();
        _componentTypes = components.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        foreach (var resource in resiliencies)
        {
            Merge(_timeouts, resource.Timeouts);
            Merge(_retries, BuiltInRetries.Allowed(resource.Retries));
            Merge(_breakers, resource.CircuitBreakers);
            Merge(_apps, resource.Apps);
            Merge(_components, resource.Components);
        }
    }

    /// <inheritdoc/>
    public IPolicy ForApp(string appId, string methodPath)
    {
        var names = _apps.GetValueOrDefault(appId) ?? Defaults("App");
        if (names == new PolicyNames(null, null, null))
        {
            return Policy.Empty;
        }

        var size = _apps.ContainsKey(appId) ? names.CircuitBreakerCacheSize : DefaultBreakersPerApp;
        var cache = _appPolicies.GetOrAdd(appId, static (_, size) => new LruCache<Policy>(size), size);
        return cache.GetOrAdd(
            $"{appId}:{methodPath}",
            key => Build(names, settings => new CircuitBreaker(key, settings, _time, _logger)));
    }

    /// <inheritdoc/>
    public IPolicy ForComponentOutbound(string componentName) =>
        _outbound.GetOrAdd(
            componentName, name => ForComponent(name, _components.GetValueOrDefault(name)?.Outbound, "Outbound"));

    /// <inheritdoc/>
    public IPolicy ForComponentInbound(string componentName) =>
        _inbound.GetOrAdd(
            componentName, name => ForComponent(name, _components.GetValueOrDefault(name)?.Inbound, "Inbound"));

    private static void Merge<T>(Dictionary<string, T> into, IReadOnlyDictionary<string, T> from)
    {
        foreach (var (name, value) in from)
        {
            into[name] = value;
        }
    }

    private Policy ForComponent(string name, PolicyNames? named, string direction)
    {
        var kind = _componentTypes.GetValueOrDefault(name, string.Empty).Split('.')[0] switch
        {
            "state" => "Statestore",
            "bindings" => "Binding",
            "secretstores" => "Secretstore",
            _ => "Pubsub",
        };
        return Build(
            named ?? Defaults($"{kind}Component{direction}", $"Component{direction}", "Component"),
            settings => _componentBreakers.GetOrAdd(name, _ => new CircuitBreaker(name, settings, _time, _logger)));
    }

    private PolicyNames Defaults(params ReadOnlySpan<string> levels) =>
        new(
            First(_timeouts, "Timeout", levels),
            First(_retries, "Retry", levels),
            First(_breakers, "CircuitBreaker", levels));

    private static string? First<T>(Dictionary<string, T> policies, string what, ReadOnlySpan<string> levels)
    {
        foreach (var level in levels)
        {
            if (policies.ContainsKey($"Default{level}{what}Policy"))
            {
                return $"Default{level}{what}Policy";
            }
        }

        return policies.ContainsKey($"Default{what}Policy") ? $"Default{what}Policy" : null;
    }

    private Policy Build(PolicyNames names, Func<CircuitBreakerSettings, CircuitBreaker> breaker) => new(
        names.Timeout is null ? TimeSpan.Zero : _timeouts.GetValueOrDefault(names.Timeout),
        names.Retry is null ? null : _retries.GetValueOrDefault(names.Retry),
        names.CircuitBreaker is not null && _breakers.TryGetValue(names.CircuitBreaker, out var settings)
            ? breaker(settings)
            : null,
        _time,
        _random);
}

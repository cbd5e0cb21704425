using Sidecar.Resiliency;

namespace Sidecar.Resources;

/// <summary>An inclusive range of status codes.</summary>
/// <param name="First">Lowest code.</param>
/// <param name="Last">Highest code.</param>
public readonly record struct CodeRange(int First, int Last)
{
    /// <summary>True if <paramref name="code"/> lies inside.</summary>
    public bool Contains(int code) => code >= First && code <= Last;
}

/// <summary>
/// When and how often to try again. Source: Dapr docs, "Resiliency policies", "Retries"; the defaults not named there
/// are those of Dapr's back-off library (initial interval 500 ms, multiplier 1.5, randomization 0.5, at most 15 minutes
/// in all).
/// </summary>
/// <param name="Exponential">Waits grow; else they are <paramref name="Duration"/>.</param>
/// <param name="Duration">Wait of the constant policy (default 5 s).</param>
/// <param name="MaxInterval">Longest wait of the exponential policy, before randomization (default 60 s).</param>
/// <param name="MaxRetries">Attempts after the first; -1 for no limit (default).</param>
/// <param name="HttpStatusCodes">Statuses worth another attempt; null for all.</param>
/// <param name="GrpcStatusCodes">gRPC codes worth another attempt; null for all.</param>
public sealed record RetrySettings(
    bool Exponential,
    TimeSpan Duration,
    TimeSpan MaxInterval,
    int MaxRetries,
    IReadOnlyList<CodeRange>? HttpStatusCodes,
    IReadOnlyList<CodeRange>? GrpcStatusCodes);

/// <summary>When to stop trying. Source: Dapr docs, "Resiliency policies", "Circuit Breakers".</summary>
/// <param name="MaxRequests">Attempts let through while half-open, and successes in a row that close it again (default
/// 1).</param>
/// <param name="Interval">How often the counts are cleared while closed; zero for never (default).</param>
/// <param name="Timeout">How long it stays open (default 60 s).</param>
/// <param name="Trip">Expression over the counts that opens it (default <c>consecutiveFailures &gt; 5</c>).</param>
public sealed record CircuitBreakerSettings(int MaxRequests, TimeSpan Interval, TimeSpan Timeout, TripExpression Trip);

/// <summary>The policies of a target, by name; null for none.</summary>
/// <param name="Timeout">Name under policies.timeouts.</param>
/// <param name="Retry">Name under policies.retries.</param>
/// <param name="CircuitBreaker">Name under policies.circuitBreakers.</param>
/// <param name="CircuitBreakerCacheSize">Breakers kept per app, one per method path; the least recently used goes first
/// (default 100).</param>
public sealed record PolicyNames(
    string? Timeout, string? Retry, string? CircuitBreaker, int CircuitBreakerCacheSize = 100);

/// <summary>A target component: policies for calls to it, and for what it delivers.</summary>
/// <param name="Inbound">Deliveries from the component to the app.</param>
/// <param name="Outbound">Calls from the sidecar to the component.</param>
public sealed record ComponentPolicyNames(PolicyNames Inbound, PolicyNames Outbound);

/// <summary>
/// A resiliency file (kind <c>Resiliency</c>, apiVersion <c>dapr.io/v1alpha1</c>). Actor targets are checked and not
/// kept: this sidecar has no actors.
/// </summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Timeouts">spec.policies.timeouts.</param>
/// <param name="Retries">spec.policies.retries.</param>
/// <param name="CircuitBreakers">spec.policies.circuitBreakers.</param>
/// <param name="Apps">spec.targets.apps, by app id.</param>
/// <param name="Components">spec.targets.components, by component name.</param>
/// <param name="Scopes">App ids whose sidecars use it; empty means all.</param>
/// <param name="File">Where it was read, for error messages.</param>
public sealed record ResiliencyResource(
    string Name,
    IReadOnlyDictionary<string, TimeSpan> Timeouts,
    IReadOnlyDictionary<string, RetrySettings> Retries,
    IReadOnlyDictionary<string, CircuitBreakerSettings> CircuitBreakers,
    IReadOnlyDictionary<string, PolicyNames> Apps,
    IReadOnlyDictionary<string, ComponentPolicyNames> Components,
    IReadOnlyList<string> Scopes,
    string File)
{
    /// <summary>True if the sidecar of <paramref name="appId"/> uses this file.</summary>
    public bool IsInScope(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);

    /// <summary>
    /// Policy names that targets refer to, with the field that does; checked once all files in scope are known.
    /// </summary>
    internal IReadOnlyList<PolicyReference> References { get; init; } = [];
}

/// <summary>A policy that a target names.</summary>
internal sealed record PolicyReference(PolicyKind Kind, string Name, string Field);

internal enum PolicyKind
{
    Timeout,
    Retry,
    CircuitBreaker,
}

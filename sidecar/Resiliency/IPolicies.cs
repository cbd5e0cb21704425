namespace Sidecar.Resiliency;

/// <summary>How one attempt ended, in the terms that policies judge by.</summary>
/// <param name="Failed">Counts as a failure for retries and the circuit breaker.</param>
/// <param name="Permanent">A failure that no retry mends (for example a subscriber's DROP); ends the retries at
/// once.</param>
/// <param name="HttpStatus">Status for a retry policy's <c>matching.httpStatusCodes</c>, where there is one.</param>
public readonly record struct Outcome(bool Failed, bool Permanent = false, int? HttpStatus = null)
{
    /// <summary>The attempt succeeded.</summary>
    public static Outcome Success => default;
}

/// <summary>
/// A circuit breaker let the attempt not be made. Dapr's messages: "circuit breaker is open", or "too many requests"
/// where it is half-open and its trial attempts are under way.
/// </summary>
public sealed class CircuitOpenException(string message = "circuit breaker is open") : Exception(message);

/// <summary>
/// A time limit of a policy has passed. The attempt's cancellation token was cancelled.
/// </summary>
public sealed class PolicyTimeoutException(TimeSpan limit) : TimeoutException(
    $"timeout of {limit.TotalMilliseconds} ms exceeded")
{
    /// <summary>The limit that passed.</summary>
    public TimeSpan Limit { get; } = limit;
}

/// <summary>
/// Timeout, retry and circuit breaker for one target, nested as Dapr nests them (retry around breaker around timeout).
/// </summary>
public interface IPolicy
{
    /// <summary>
    /// True if neither timeout, retry nor breaker applies: the attempt is made once and its result returned.
    /// </summary>
    bool IsEmpty { get; }

    /// <summary>Limit of one attempt; zero for none.</summary>
    TimeSpan Timeout { get; }

    /// <summary>The same timeout and breaker, but one attempt only: for what cannot be sent again.</summary>
    IPolicy WithoutRetries { get; }

    /// <summary>
    /// Makes attempts until one succeeds or the policy is exhausted, and returns the last attempt's result. An
    /// exception from <paramref name="attempt"/> is a failure; the last one is thrown on. <paramref name="judge"/> says
    /// what a result means.
    /// </summary>
    /// <exception cref="CircuitOpenException">The breaker is open and retries are exhausted or absent.</exception>
    /// <exception cref="PolicyTimeoutException">The last attempt timed out.</exception>
    Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, Outcome> judge, CancellationToken cancellationToken);
}

/// <summary>
/// The policies of one app's sidecar, looked up by target; built from the Resiliency files in scope of the app.
/// </summary>
public interface IPolicies
{
    /// <summary>For calls to another app. Breakers are kept per app and method path, as Dapr does.</summary>
    IPolicy ForApp(string appId, string methodPath);

    /// <summary>For calls from the sidecar to a component (publish, state).</summary>
    IPolicy ForComponentOutbound(string componentName);

    /// <summary>For deliveries from a component to the app (subscriptions, input bindings).</summary>
    IPolicy ForComponentInbound(string componentName);
}

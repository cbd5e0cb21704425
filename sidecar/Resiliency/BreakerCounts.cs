namespace Sidecar.Resiliency;

/// <summary>
/// What a circuit breaker counts; a trip condition is a condition over these. Source: Dapr's circuit breaker,
/// gobreaker.
/// </summary>
/// <param name="Requests">Attempts let through.</param>
/// <param name="TotalSuccesses">Attempts that succeeded.</param>
/// <param name="TotalFailures">Attempts that failed.</param>
/// <param name="ConsecutiveSuccesses">Successes since the last failure.</param>
/// <param name="ConsecutiveFailures">Failures since the last success.</param>
public readonly record struct BreakerCounts(
    long Requests, long TotalSuccesses, long TotalFailures, long ConsecutiveSuccesses, long ConsecutiveFailures)
{
    internal BreakerCounts WithRequest() => this with { Requests = Requests + 1 };

    internal BreakerCounts With(bool success) => success
        ? this with
        {
            TotalSuccesses = TotalSuccesses + 1,
            ConsecutiveSuccesses = ConsecutiveSuccesses + 1,
            ConsecutiveFailures = 0,
        }
        : this with
        {
            TotalFailures = TotalFailures + 1,
            ConsecutiveFailures = ConsecutiveFailures + 1,
            ConsecutiveSuccesses = 0,
        };
}

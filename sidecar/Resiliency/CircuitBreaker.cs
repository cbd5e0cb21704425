using Sidecar.Resources;

namespace Sidecar.Resiliency;

/// <summary>
/// A circuit breaker with the states and counts of gobreaker, which Dapr uses: closed, open after <c>trip</c> holds at
/// a failure, half-open once <c>timeout</c> has passed, closed again after <c>maxRequests</c> successes in a row.
/// Polly's breaker is no substitute: it trips on a failure ratio in a sampling window, not on a condition over counts.
/// </summary>
internal sealed partial class CircuitBreaker(
    string name, CircuitBreakerSettings settings, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private BreakerState _state = BreakerState.Closed;
    private BreakerCounts _counts;

    // Results of attempts that began before the last change of state or clearing belong to the past and are not
    // counted.
    private long _generation;
    private DateTimeOffset? _expiry = settings.Interval > TimeSpan.Zero ? time.GetUtcNow() + settings.Interval : null;

    private enum BreakerState
    {
        Closed,
        Open,
        HalfOpen,
    }

    /// <summary>Asks to make an attempt; the ticket goes back to <see cref="Leave"/> with the result.</summary>
    /// <exception cref="CircuitOpenException">Not now.</exception>
    public long Enter()
    {
        lock (_gate)
        {
            Refresh();
            if (_state == BreakerState.Open)
            {
                throw new CircuitOpenException();
            }

            if (_state == BreakerState.HalfOpen && _counts.Requests >= settings.MaxRequests)
            {
                throw new CircuitOpenException("too many requests");
            }

            _counts = _counts.WithRequest();
            return _generation;
        }
    }

    public void Leave(long ticket, bool success)
    {
        lock (_gate)
        {
            Refresh();
            if (ticket != _generation)
            {
                return;
            }

            _counts = _counts.With(success);
            if (_state == BreakerState.HalfOpen)
            {
                if (!success)
                {
                    Become(BreakerState.Open);
                }
                else if (_counts.ConsecutiveSuccesses >= settings.MaxRequests)
                {
                    Become(BreakerState.Closed);
                }
            }
            else if (!success && settings.Trip.IsTrue(_counts))
            {
                Become(BreakerState.Open);
            }
        }
    }

    private void Refresh()
    {
        if (_expiry is not { } expiry || time.GetUtcNow() <= expiry)
        {
            return;
        }

        if (_state == BreakerState.Open)
        {
            Become(BreakerState.HalfOpen);
        }
        else
        {
            StartGeneration();
        }
    }

    private void Become(BreakerState state)
    {
        LogChange(logger, name, _state, state);
        _state = state;
        StartGeneration();
    }

    private void StartGeneration()
    {
        _generation++;
        _counts = default;
        _expiry = _state switch
        {
            BreakerState.Open => time.GetUtcNow() + settings.Timeout,
            BreakerState.Closed when settings.Interval > TimeSpan.Zero => time.GetUtcNow() + settings.Interval,
            _ => null,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Circuit breaker '{Name}' changed from {From} to {To}")]
    private static partial void LogChange(ILogger logger, string name, BreakerState from, BreakerState to);
}

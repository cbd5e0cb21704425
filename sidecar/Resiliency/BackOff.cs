using Sidecar.Resources;

namespace Sidecar.Resiliency;

/// <summary>
/// The waits between the attempts of one operation. Constant, or exponential as in Dapr's back-off library: 500 ms
/// growing by 1.5 up to maxInterval, each wait taken at random from half to one and a half times that, at most 15
/// minutes in all.
/// </summary>
internal sealed class BackOff(RetrySettings settings, TimeProvider time, Random random)
{
    private const double Multiplier = 1.5;
    private const double RandomizationFactor = 0.5;
    private static readonly TimeSpan InitialInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxElapsed = TimeSpan.FromMinutes(15);

    private readonly long _started = time.GetTimestamp();
    private TimeSpan _interval = InitialInterval;
    private int _retries;

    /// <summary>How long to wait before the next attempt; null if there is to be none.</summary>
    public TimeSpan? Next()
    {
        if (settings.MaxRetries >= 0 && _retries >= settings.MaxRetries)
        {
            return null;
        }

        _retries++;
        if (!settings.Exponential)
        {
            return settings.Duration;
        }

        double sample;
        lock (random)
        {
            sample = random.NextDouble();
        }

        var wait = _interval * (1 - RandomizationFactor + (sample * 2 * RandomizationFactor));
        _interval = _interval * Multiplier < settings.MaxInterval ? _interval * Multiplier : settings.MaxInterval;
        return time.GetElapsedTime(_started) + wait > MaxElapsed ? null : wait;
    }
}

namespace Consistency.Caching;

/// <summary>
/// Leaves a failing store alone: after some failures in a row it lets nothing pass for a while, then one call, on which it depends.
/// </summary>
internal sealed class CacheBreaker(CacheSettings settings, TimeProvider time)
{
    private readonly Lock gate = new();
    private int failures;
    private DateTimeOffset restsUntil;

    /// <summary>True if the store may be called.</summary>
    public bool MayPass()
    {
        lock (gate)
        {
            if (failures < settings.FailuresMax)
            {
                return true;
            }

            var now = time.GetUtcNow();
            if (now < restsUntil)
            {
                return false;
            }

            // This call is the trial; the others wait for its outcome, or for another pause.
            restsUntil = now + settings.Pause;
            return true;
        }
    }

    /// <summary>A call has succeeded.</summary>
    public void Succeeded()
    {
        lock (gate)
        {
            failures = 0;
        }
    }

    /// <summary>A call has failed.</summary>
    /// <returns>True if the store is left alone from now on.</returns>
    public bool Failed()
    {
        lock (gate)
        {
            if (++failures < settings.FailuresMax)
            {
                return false;
            }

            restsUntil = time.GetUtcNow() + settings.Pause;
            return failures == settings.FailuresMax;
        }
    }
}

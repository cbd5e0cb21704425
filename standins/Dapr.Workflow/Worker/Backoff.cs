namespace Dapr.Workflow.Worker;

/// <summary>Waits that grow, with jitter, so that the workers of a restarted sidecar do not all come at once.</summary>
/// <param name="first">The first wait.</param>
/// <param name="max">No wait is longer.</param>
/// <param name="random">The jitter.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan max, Random random)
{
    private int doublings;

    /// <summary>The next wait: between half and all of it.</summary>
    public TimeSpan Next()
    {
        var wait = first * Math.Pow(2, doublings);
        if (wait < max)
        {
            doublings++;
        }

        return (wait < max ? wait : max) * (0.5 + (0.5 * random.NextDouble()));
    }

    /// <summary>All is well: begins again with the first wait.</summary>
    public void Reset() => doublings = 0;
}

using System.Diagnostics;

namespace Tests.Unit;

/// <summary>Waits for a condition, with a deadline instead of a sleep.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task HoldsAsync(Func<bool> condition)
    {
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            if (started.Elapsed > Deadline)
            {
                throw new TimeoutException($"The condition did not hold within {Deadline.TotalSeconds} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}

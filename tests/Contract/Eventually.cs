using System.Diagnostics;

namespace Tests.Contract;

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

    /// <summary>Holds now and for a while: for what must not happen.</summary>
    public static async Task StaysAsync(Func<bool> condition, TimeSpan howLong)
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < howLong)
        {
            condition().ShouldBeTrue();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}

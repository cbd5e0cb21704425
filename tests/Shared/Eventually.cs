using System.Diagnostics;

namespace Tests;

/// <summary>Waits for a condition, with a deadline instead of a sleep. Compiled into every test project.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ProcessDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ProcessPause = TimeSpan.FromMilliseconds(50);

    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(
        () => Task.FromResult(condition()), () => $"The condition did not hold within {Deadline.TotalSeconds} s.", Deadline, Pause);

    /// <summary>For conditions that ask other processes.</summary>
    public static Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise) =>
        HoldsAsync(condition, otherwise, ProcessDeadline, ProcessPause);

    /// <summary>Holds now and for a while: for what must not happen.</summary>
    public static async Task StaysAsync(Func<bool> condition, TimeSpan howLong)
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < howLong)
        {
            condition().ShouldBeTrue();
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan deadline, TimeSpan pause)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            if (started.Elapsed > deadline)
            {
                throw new TimeoutException(otherwise());
            }

            await Task.Delay(pause, TimeProvider.System);
        }
    }
}

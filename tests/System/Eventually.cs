using System.Diagnostics;

namespace Tests.System;

/// <summary>Waits for a condition, with a deadline instead of a sleep.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            if (started.Elapsed > Deadline)
            {
                throw new TimeoutException(otherwise());
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}

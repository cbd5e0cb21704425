namespace Cli.Demo;

/// <summary>
/// Sends orders at a steady rate, whether or not earlier ones were answered: a client that waited would hide how long a
/// slow system makes people wait.
/// </summary>
internal static class OpenLoop
{
    public static async Task RunAsync(
        IReadOnlyList<PlannedOrder> orders, int rate, OrderPlayer player, TimeProvider time, Action<int> onDone,
        CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(Limits.DemoConcurrency);
        var running = new List<Task>(orders.Count);
        var start = time.GetTimestamp();
        var done = 0;
        for (var i = 0; i < orders.Count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due - time.GetElapsedTime(start) is { Ticks: > 0 } early)
            {
                await Task.Delay(early, time, cancellation);
            }

            await slots.WaitAsync(cancellation);
            var intendedAt = start + (long)(due.TotalSeconds * time.TimestampFrequency);
            running.Add(PlayAsync(orders[i], intendedAt));
        }

        await Task.WhenAll(running);

        async Task PlayAsync(PlannedOrder order, long intendedAt)
        {
            Func<Task>? followUp;
            try
            {
                followUp = await player.PlaceAsync(order, intendedAt, cancellation);
            }
            finally
            {
                slots.Release();
            }

            // A cancellation may wait for a confirmation, and must not keep others from being sent.
            if (followUp is not null)
            {
                await followUp();
            }

            onDone(Interlocked.Increment(ref done));
        }
    }
}

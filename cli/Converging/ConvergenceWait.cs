using Cli.Gateway;
using Contracts.Snapshots;

namespace Cli.Converging;

/// <summary>Waits until the services agree on the given orders, and on the records that they copy from each other.</summary>
internal static class ConvergenceWait
{
    /// <summary>
    /// Asks the services for their progress, which is cheap, and takes snapshots once they say that nothing is under
    /// way. Returns the last snapshots, whether or not every order is settled in them. A gateway that does not answer
    /// is asked again: a service may be on its way up.
    /// </summary>
    public static async Task<(SystemSnapshot Snapshot, Settlement Settlement)> WaitAsync(
        GatewayClient gateway, IReadOnlyCollection<string> orderIds, TimeSpan deadline, TimeProvider time,
        Action<int> onSettled,
        CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var nextLook = TimeSpan.Zero;
        var forcedLook = Limits.SnapshotRetry;
        while (true)
        {
            var now = time.GetElapsedTime(start);
            var late = now >= deadline;
            try
            {
                var atRest = IsAtRest(await gateway.ProgressAsync(cancellation), orderIds.Count, onSettled);
                if (late || now >= forcedLook || (atRest && now >= nextLook))
                {
                    var snapshot = await SnapshotReader.ReadAsync(gateway, time, cancellation);
                    var settlement = Settlement.Of(snapshot, orderIds);
                    onSettled(settlement.Settled.Count);
                    if (settlement.IsComplete || late)
                    {
                        return (snapshot, settlement);
                    }

                    // Snapshots of a large run cost the system more than its own work: look for at most a third of the
                    // time.
                    var end = time.GetElapsedTime(start);
                    nextLook = end + (2 * (end - now));
                    forcedLook = nextLook + Limits.SnapshotRetry;
                }
            }
            catch (GatewayException) when (!late)
            {
                // A service on its way up; asked again until the deadline.
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }
    }

    /// <summary>Waits until nothing is under way; false where that does not happen in time.</summary>
    public static async Task<bool> RestAsync(
        GatewayClient gateway, TimeSpan deadline, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (IsAtRest(await gateway.ProgressAsync(cancellation), 0, _ => { }))
            {
                return true;
            }

            if (time.GetElapsedTime(start) >= deadline)
            {
                return false;
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }
    }

    private static bool IsAtRest(SystemProgress progress, int orders, Action<int> onSettled)
    {
        onSettled((int)Math.Clamp(orders - progress.Unsettled, 0, orders));
        return progress.IsAtRest;
    }
}

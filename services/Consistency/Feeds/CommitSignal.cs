namespace Consistency.Feeds;

/// <summary>Wakes those who wait for the next commit that adds to a lane of the feed.</summary>
public sealed class CommitSignal
{
    private TaskCompletionSource pushed = Create();
    private TaskCompletionSource pulled = Create();
    private TaskCompletionSource any = Create();

    /// <summary>
    /// Completes with the next commit. Taken before reading: a commit between the reading and the waiting is then not missed.
    /// </summary>
    /// <param name="lane">The lane; null for any.</param>
    public Task Next(Lane? lane) => lane switch
    {
        Lane.Pushed => Volatile.Read(ref pushed).Task,
        Lane.Pulled => Volatile.Read(ref pulled).Task,
        _ => Volatile.Read(ref any).Task,
    };

    /// <summary>Wakes the waiters of these lanes.</summary>
    public void Set(Lanes lanes)
    {
        if (lanes.HasFlag(Lanes.Pushed))
        {
            Interlocked.Exchange(ref pushed, Create()).SetResult();
        }

        if (lanes.HasFlag(Lanes.Pulled))
        {
            Interlocked.Exchange(ref pulled, Create()).SetResult();
        }

        if (lanes != Lanes.None)
        {
            Interlocked.Exchange(ref any, Create()).SetResult();
        }
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Consistency.Caching;

/// <summary>
/// Runs asynchronous code on one thread under a simulated clock: time goes on only when nothing is left to do. The same seed gives the same run.
/// </summary>
internal sealed class SimulatedThread(FakeTimeProvider time) : SynchronizationContext
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly Queue<(SendOrPostCallback Work, object? State)> ready = new();
    private readonly Lock gate = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            ready.Enqueue((d, state));
        }
    }

    public void Run(Func<Task> main)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            var whole = main();
            while (!whole.IsCompleted)
            {
                if (TryTake(out var next))
                {
                    next.Work(next.State);
                }
                else
                {
                    time.Advance(Step);
                }
            }

            whole.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private bool TryTake(out (SendOrPostCallback Work, object? State) next)
    {
        lock (gate)
        {
            return ready.TryDequeue(out next);
        }
    }
}

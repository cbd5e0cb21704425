namespace Dapr.Workflow.Worker;

/// <summary>Runs items on the thread pool, so many at once; the rest waits in order, so many at most.</summary>
/// <typeparam name="T">The items.</typeparam>
internal sealed class WorkQueue<T>(int runningMax, int waitingMax, Func<T, Task> run)
{
    private readonly Lock gate = new();
    private readonly Queue<T> waiting = [];
    private int running;
    private TaskCompletionSource? room;
    private TaskCompletionSource? idle;

    /// <summary>Items that run or wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return running + waiting.Count;
            }
        }
    }

    /// <summary>Runs the item, or lets it wait; ends once there is room for one more.</summary>
    public Task AddAsync(T item)
    {
        lock (gate)
        {
            if (running < runningMax)
            {
                running++;
                ThreadPool.UnsafeQueueUserWorkItem(
                    static state => _ = state.Queue.RunAsync(state.Item), (Queue: this, Item: item), preferLocal: false);
                return Task.CompletedTask;
            }

            waiting.Enqueue(item);
            if (waiting.Count < waitingMax)
            {
                return Task.CompletedTask;
            }

            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return room.Task;
        }
    }

    /// <summary>Forgets what waits, and ends once nothing runs.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            waiting.Clear();
            room?.TrySetResult();
            if (running == 0)
            {
                return Task.CompletedTask;
            }

            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return idle.Task;
        }
    }

    private async Task RunAsync(T item)
    {
        do
        {
            await run(item);
        }
        while (TryNext(out item!));
    }

    private bool TryNext(out T? item)
    {
        lock (gate)
        {
            if (waiting.TryDequeue(out item))
            {
                if (waiting.Count < waitingMax && room is not null)
                {
                    room.TrySetResult();
                    room = null;
                }

                return true;
            }

            running--;
            if (running == 0)
            {
                idle?.TrySetResult();
            }

            return false;
        }
    }
}

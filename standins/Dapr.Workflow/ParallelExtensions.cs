namespace Dapr.Workflow;

/// <summary>Fan-out with a bound.</summary>
public static class ParallelExtensions
{
    /// <summary>
    /// Runs a task per input, some at once, and returns the results in the order of the inputs. It waits for all, also
    /// where some fail.
    /// </summary>
    /// <typeparam name="TInput">The inputs.</typeparam>
    /// <typeparam name="TResult">The results.</typeparam>
    /// <param name="context">The workflow's context.</param>
    /// <param name="inputs">The inputs, the same on every replay.</param>
    /// <param name="taskFactory">Starts the task of an input.</param>
    /// <param name="maxConcurrency">How many tasks run at once; at least one.</param>
    /// <exception cref="AggregateException">Some failed.</exception>
    public static async Task<TResult[]> ProcessInParallelAsync<TInput, TResult>(
        this WorkflowContext context,
        IEnumerable<TInput> inputs,
        Func<TInput, Task<TResult>> taskFactory,
        int maxConcurrency = 5)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(taskFactory);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);

        TInput[] all = [.. inputs];
        var results = new TResult[all.Length];
        var failures = new List<Exception>();
        var next = 0;

        // Each lane takes the next input when it is done with one; a workflow runs one piece of code at a time.
        async Task RunLaneAsync()
        {
            while (next < all.Length)
            {
                var index = next++;
                try
                {
                    results[index] = await taskFactory(all[index]);
                }
                catch (Exception failure)
                {
                    failures.Add(failure);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(maxConcurrency, all.Length)).Select(_ => RunLaneAsync()));
        return failures.Count == 0
            ? results
            : throw new AggregateException($"{failures.Count} out of {all.Length} tasks failed", failures);
    }
}

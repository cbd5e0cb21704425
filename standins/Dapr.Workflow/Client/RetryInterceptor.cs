namespace Dapr.Workflow.Client;

/// <summary>Calls again what failed, as a policy says, with durable waits between.</summary>
/// <typeparam name="T">What the call returns.</typeparam>
/// <param name="context">The workflow's context: its clock and its timers.</param>
/// <param name="retryPolicy">When and how often.</param>
/// <param name="retryCall">The call.</param>
/// <param name="retryTimerFactory">Waits; by default with a timer of <paramref name="context"/>.</param>
public sealed class RetryInterceptor<T>(
    IWorkflowContext context,
    WorkflowRetryPolicy retryPolicy,
    Func<Task<T>> retryCall,
    Func<TimeSpan, Task>? retryTimerFactory = null)
{
    /// <summary>Calls until it succeeds or the policy ends it.</summary>
    /// <exception cref="WorkflowTaskFailedException">The last call failed.</exception>
    public async Task<T?> Invoke()
    {
        var begun = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                return await retryCall();
            }
            catch (WorkflowTaskFailedException) when (MayRetry(attempt, begun))
            {
                delay = Delay(attempt);
            }

            await WaitAsync(delay);
        }
    }

    private bool MayRetry(int attempt, DateTime begun) =>
        attempt < retryPolicy.MaxNumberOfAttempts
        && (retryPolicy.RetryTimeout == Timeout.InfiniteTimeSpan
            || context.CurrentUtcDateTime - begun < retryPolicy.RetryTimeout);

    /// <summary>The wait after the nth call. One that overflows is as long as a wait may be.</summary>
    private TimeSpan Delay(int attempt)
    {
        var milliseconds = retryPolicy.FirstRetryInterval.TotalMilliseconds
            * Math.Pow(retryPolicy.BackoffCoefficient, attempt - 1);
        var max = retryPolicy.MaxRetryInterval ?? LongestWait;
        return milliseconds < max.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : max;
    }

    /// <summary>Far beyond any policy's use, and still a date.</summary>
    private static TimeSpan LongestWait => TimeSpan.FromDays(365 * 100);

    private Task WaitAsync(TimeSpan delay)
    {
        if (retryTimerFactory is not null)
        {
            return retryTimerFactory(delay);
        }

        return context is WorkflowContext workflow
            ? workflow.CreateTimer(delay)
            : throw new InvalidOperationException("A retry waits with a timer of the workflow: pass a WorkflowContext.");
    }
}

namespace Dapr.Workflow;

/// <summary>
/// How often and when a failed activity or child workflow is called again. The waits are durable timers of the
/// workflow: they survive crashes, and they are part of its history.
/// </summary>
public class WorkflowRetryPolicy
{
    private static readonly TimeSpan MaxRetryIntervalDefault = TimeSpan.FromHours(1);

    /// <summary>Makes the policy.</summary>
    /// <param name="maxNumberOfAttempts">How many calls at most, the first one included; at least one.</param>
    /// <param name="firstRetryInterval">The wait before the second call; more than zero.</param>
    /// <param name="backoffCoefficient">How much longer each wait is than the one before; at least one.</param>
    /// <param name="maxRetryInterval">No wait is longer; not below <paramref name="firstRetryInterval"/>.</param>
    /// <param name="retryTimeout">
    /// No call is made again after this time since the first call; not below <paramref name="firstRetryInterval"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public WorkflowRetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxNumberOfAttempts, 0);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ArgumentOutOfRangeException.ThrowIfLessThan(
            maxRetryInterval ?? MaxRetryIntervalDefault, firstRetryInterval, nameof(maxRetryInterval));
        var timeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, firstRetryInterval, nameof(retryTimeout));
        }

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval;
        RetryTimeout = timeout;
    }

    /// <summary>How many calls at most, the first one included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>The wait before the second call.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>How much longer each wait is than the one before.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>No wait is longer; null where no limit was given.</summary>
    public TimeSpan? MaxRetryInterval { get; }

    /// <summary>
    /// No call is made again after this time since the first one; <see cref="Timeout.InfiniteTimeSpan"/> for ever.
    /// </summary>
    public TimeSpan RetryTimeout { get; }
}

using Sidecar.Resources;

namespace Sidecar.Resiliency;

/// <summary>
/// Retry around breaker around timeout. The loop is written out rather than put together from Polly: Dapr's retry stops
/// at an open breaker but counts a time-out as one more failure, its back-off has other arithmetic (see
/// <see cref="BackOff"/>), and its breaker trips on conditions that Polly cannot express.
/// </summary>
internal sealed class Policy(
    TimeSpan timeout, RetrySettings? retry, CircuitBreaker? breaker, TimeProvider time, Random random) : IPolicy
{
    /// <summary>Makes one attempt and nothing else.</summary>
    public static Policy Empty { get; } = new(TimeSpan.Zero, null, null, TimeProvider.System, NoRandom.Instance);

    public TimeSpan Timeout => timeout;

    public IPolicy WithoutRetries => retry is null ? this : new Policy(timeout, null, breaker, time, random);

    public bool IsEmpty => timeout == TimeSpan.Zero && retry is null && breaker is null;

    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, Outcome> judge, CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            return await attempt(cancellationToken);
        }

        var waits = retry is null ? null : new BackOff(retry, time, random);
        while (true)
        {
            TimeSpan? wait;
            try
            {
                var result = await GuardedAsync(attempt, judge, cancellationToken);
                var outcome = judge(result);
                wait = IsWorthAnother(outcome) ? waits?.Next() : null;
                if (wait is null || cancellationToken.IsCancellationRequested)
                {
                    return result;
                }

                // The result is given up for another attempt; a response left open would hold its connection.
                (result as IDisposable)?.Dispose();
            }
            catch (Exception e) when (e is not CircuitOpenException && !cancellationToken.IsCancellationRequested)
            {
                wait = waits?.Next();
                if (wait is null)
                {
                    throw;
                }
            }

            await Task.Delay(wait.Value, time, cancellationToken);
        }
    }

    private bool IsWorthAnother(Outcome outcome)
    {
        if (!outcome.Failed || outcome.Permanent || retry is null)
        {
            return false;
        }

        // As in Dapr, codes up to 16 are gRPC's; a failure without a code always counts.
        var codes = outcome.HttpStatus is <= 16 ? retry.GrpcStatusCodes : retry.HttpStatusCodes;
        return outcome.HttpStatus is not { } status || codes is null || codes.Any(range => range.Contains(status));
    }

    private async Task<T> GuardedAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, Outcome> judge, CancellationToken cancellationToken)
    {
        if (breaker is null)
        {
            return await TimedAsync(attempt, cancellationToken);
        }

        var ticket = breaker.Enter();
        var success = false;
        try
        {
            var result = await TimedAsync(attempt, cancellationToken);
            success = !judge(result).Failed;
            return result;
        }
        finally
        {
            breaker.Leave(ticket, success);
        }
    }

    private async Task<T> TimedAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        if (timeout == TimeSpan.Zero)
        {
            return await attempt(cancellationToken);
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T>? running = null;
        try
        {
            running = attempt(source.Token);
            return await running.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException) when (running is { IsCompleted: false })
        {
            await source.CancelAsync();
            throw new PolicyTimeoutException(timeout);
        }
        finally
        {
            if (running is { IsCompleted: false })
            {
                // An attempt that does not heed its token ends some time later; nobody waits for it.
                _ = DiscardAsync(running, source);
            }
            else
            {
                source.Dispose();
            }
        }
    }

    private static async Task DiscardAsync<T>(Task<T> running, CancellationTokenSource source)
    {
        using (source)
        {
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (running.IsCompletedSuccessfully)
            {
                (running.Result as IDisposable)?.Dispose();
            }
        }
    }

    private sealed class NoRandom : Random
    {
        public static readonly NoRandom Instance = new();

        private NoRandom()
            : base(0)
        {
        }
    }
}

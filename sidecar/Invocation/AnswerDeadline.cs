namespace Sidecar.Invocation;

/// <summary>
/// The time limit of an attempt, for the rest of its answer: a policy's own limit ends with the answer's headers, but as in Dapr the whole
/// answer counts.
/// </summary>
/// <param name="limit">The policy's limit; zero for none.</param>
/// <param name="time">Clock.</param>
/// <param name="callerGone">The caller has gone.</param>
internal sealed class AnswerDeadline(TimeSpan limit, TimeProvider time, CancellationToken callerGone) : IDisposable
{
    private CancellationTokenSource? _timer;
    private CancellationTokenSource? _either;
    private long _began;

    /// <summary>An attempt begins.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>For reading the answer of the attempt that began last: cancelled when its time is over, or the caller has gone.</summary>
    public CancellationToken Rest()
    {
        if (limit == TimeSpan.Zero)
        {
            return callerGone;
        }
        var rest = limit - time.GetElapsedTime(_began);
        _timer = new CancellationTokenSource(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, callerGone);
        return _either.Token;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _either?.Dispose();
        _timer?.Dispose();
    }
}

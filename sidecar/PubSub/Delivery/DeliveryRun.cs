using Sidecar.Resiliency;

namespace Sidecar.PubSub.Delivery;

/// <summary>
/// The deliveries of some messages on one path, from the first attempt to the last: under the component's inbound
/// policy, with only those messages in the next attempt that failed in the last, and with what is left at the end
/// in the dead-letter topic.
/// </summary>
internal sealed class DeliveryRun(SubscriptionDelivery owner, string path, List<DeliveryItem> items)
{
    private readonly TaskCompletionSource _firstFailure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile List<DeliveryItem> _open = items;
    private int _brokenAnswers;

    private enum Attempt
    {
        Done,
        Failed,

        /// <summary>The app was not there to judge the messages: the attempt does not count.</summary>
        NotMade,
    }

    /// <summary>
    /// Completes when the first attempt failed, whether the app refused, broke off or did not answer in time.
    /// </summary>
    public Task FirstFailure => _firstFailure.Task;

    /// <summary>Messages that are neither delivered nor given up.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Runs to the end; does not throw.</summary>
    public async Task RunAsync()
    {
        try
        {
            var waitMs = PubSubLimits.UnreachableWaitMs;
            while (await RunPolicyAsync() == Attempt.NotMade)
            {
                await owner.WaitAsync(TimeSpan.FromMilliseconds(waitMs));
                await owner.WhenReadyAsync();
                waitMs = Math.Min(waitMs * 2, PubSubLimits.UnreachableWaitMaxMs);
            }
            await owner.BuryAsync(_open, "all attempts failed");
        }
        catch (OperationCanceledException) when (owner.IsStopping)
        {
            GiveBack();
        }
        // The edge: a defect here must not lose messages.
        catch (Exception exception)
        {
            owner.LogRunFailed(exception);
            await owner.WaitAsync(TimeSpan.FromMilliseconds(PubSubLimits.AgainMs))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            GiveBack();
        }
    }

    private async Task<Attempt> RunPolicyAsync()
    {
        try
        {
            return owner.Policy.IsEmpty
                ? (await AttemptAsync(owner.Sending)).Attempt
                : (await owner.Policy.RunAsync(AttemptAsync, Judge, owner.Sending)).Attempt;
        }
        catch (PolicyTimeoutException)
        {
            return Attempt.Failed;
        }
        catch (CircuitOpenException)
        {
            // Nothing was delivered, so nothing was judged: the messages wait until the breaker lets one through.
            return Attempt.NotMade;
        }
    }

    private Outcome Judge((Attempt Attempt, int? HttpStatus) result)
    {
        if (result.Attempt != Attempt.Failed)
        {
            return Outcome.Success;
        }
        _firstFailure.TrySetResult();
        return new Outcome(Failed: true, HttpStatus: result.HttpStatus);
    }

    private async Task<(Attempt Attempt, int? HttpStatus)> AttemptAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(cancellationToken);
        }
        // The policy's time-out shows here as a cancellation; Judge sees results only. At a stop nothing is waited for.
        catch (Exception) when (!owner.IsStopping)
        {
            _firstFailure.TrySetResult();
            throw;
        }
    }

    private async Task<(Attempt Attempt, int? HttpStatus)> TryAsync(CancellationToken cancellationToken)
    {
        var open = _open;
        if (open.Count == 0 || owner.IsStopping || !owner.IsAppReady)
        {
            return (open.Count == 0 ? Attempt.Done : Attempt.NotMade, null);
        }
        Answer answer;
        try
        {
            answer = await owner.SendAsync(path, open, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            owner.LogNoAnswer(exception, path);
            return (IsHeldAgainstMessages(exception) ? Attempt.Failed : Attempt.NotMade, null);
        }
        cancellationToken.ThrowIfCancellationRequested(); // the policy has gone on without this attempt
        await ApplyAsync(open, answer);
        return (_open.Count == 0 ? Attempt.Done : Attempt.Failed, answer.HttpStatus);
    }

    private async Task ApplyAsync(List<DeliveryItem> open, Answer answer)
    {
        List<DeliveryItem> again = [], dropped = [];
        for (var i = 0; i < open.Count; i++)
        {
            switch (answer.Verdicts[i])
            {
                case Verdict.Success:
                    open[i].Settle(done: true);
                    break;
                case Verdict.Drop:
                    dropped.Add(open[i]);
                    break;
                default:
                    again.Add(open[i]);
                    break;
            }
        }
        _open = again;
        if (again.Count > 0)
        {
            owner.LogRetry(again[0].Message.Id, again.Count, path, answer.HttpStatus);
        }
        await owner.BuryAsync(dropped, answer.HttpStatus == 404 ? "the app answered 404" : "the app answered DROP", isDropped: true);
    }

    // Who cannot connect has no app to judge by. A connection that broke later may be the app's crash, or the
    // message's fault.
    private bool IsHeldAgainstMessages(Exception exception) =>
        exception is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        }
        && owner.IsAppReady
        && ++_brokenAnswers > PubSubLimits.BrokenAnswersMax;

    private void GiveBack()
    {
        foreach (var item in _open)
        {
            item.Settle(done: false);
        }
    }
}

namespace Sidecar.Components.Dispatch;

/// <summary>One subscription's share of a consumer group.</summary>
internal sealed class Consumer(
    GroupDispatcher group, ConsumerOptions options, MessageHandler handler) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Completes when the consumer has stopped and holds no message any more.</summary>
    public TaskCompletionSource Idle { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was asked for.</summary>
    public ConsumerOptions Options => options;

    /// <summary>What handles the batches.</summary>
    public MessageHandler Handler => handler;

    /// <summary>Cancelled when the subscription is disposed.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>True from the start of the disposal; guarded by the group's lock.</summary>
    public bool IsStopping { get; set; }

    /// <summary>Calls under way; guarded by the group's lock.</summary>
    public int Calls { get; set; }

    /// <summary>Messages handed over and not settled; guarded by the group's lock.</summary>
    public int Unsettled { get; set; }

    /// <summary>True if another call may begin.</summary>
    public bool HasRoom => !IsStopping && Calls < options.Concurrency;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (group.Detach(this))
        {
            await _stop.CancelAsync();
            group.EndIfIdle(this);
            await Idle.Task;
            _stop.Dispose();
        }
    }
}

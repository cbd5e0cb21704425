using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>What is said to the broker about a message.</summary>
internal enum Verdict
{
    /// <summary>Done.</summary>
    Ack,

    /// <summary>Failed: away, or to the dead-letter exchange where the queue has one.</summary>
    Reject,

    /// <summary>Failed: back to the queue.</summary>
    Requeue,
}

/// <summary>
/// A consumer's channel, with one writer for its acknowledgements. Those that come after it has closed are dropped: the broker gives the messages
/// again.
/// </summary>
internal sealed class AckChannel : IAsyncDisposable
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // No longer than the prefetch: each entry stands for a message that the broker has handed out.
    private readonly Channel<(ulong Tag, Verdict Verdict)> _verdicts =
        System.Threading.Channels.Channel.CreateUnbounded<(ulong, Verdict)>(new UnboundedChannelOptions { SingleReader = true });

    // Ends a write under way: the library lets one that waits for the socket of a lost connection wait for ever. Never disposed: it has no timer.
    private readonly CancellationTokenSource _gone = new();

    private readonly Task _writing;

    private AckChannel(IChannel channel)
    {
        Channel = channel;
        channel.ChannelShutdownAsync += (_, _) =>
        {
            _closed.TrySetResult();
            _ = _gone.CancelAsync(); // what it wakes up runs elsewhere, not on the library's thread
            return Task.CompletedTask;
        };
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The channel.</summary>
    public IChannel Channel { get; }

    /// <summary>True while acknowledgements reach the broker.</summary>
    public bool IsOpen => Channel.IsOpen;

    /// <summary>Completes when the channel has closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Opens a channel.</summary>
    public static async Task<AckChannel> OpenAsync(IConnection connection, CancellationToken cancellationToken) =>
        new(await connection.CreateChannelAsync(cancellationToken: cancellationToken));

    /// <summary>Tells the broker, soon.</summary>
    public void Settle(ulong tag, Verdict verdict) => _verdicts.Writer.TryWrite((tag, verdict));

    /// <summary>Says what is still to be said, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _verdicts.Writer.TryComplete();
        await _writing;
        try
        {
            using var limit = new CancellationTokenSource(RabbitLimits.CloseWait);
            await Channel.CloseAsync(limit.Token);
            await Channel.DisposeAsync();
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException)
        {
            // It went with its connection.
        }
    }

    private async Task WriteAsync()
    {
        await foreach (var (tag, verdict) in _verdicts.Reader.ReadAllAsync())
        {
            if (!Channel.IsOpen)
            {
                continue;
            }
            try
            {
                await (verdict == Verdict.Ack
                    ? Channel.BasicAckAsync(tag, multiple: false, _gone.Token)
                    : Channel.BasicNackAsync(tag, multiple: false, requeue: verdict == Verdict.Requeue, _gone.Token));
            }
            // The edge: a channel that dies has no further use for acknowledgements.
            catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }
}

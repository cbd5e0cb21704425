using System.Threading.Channels;
using RabbitMQ.Client.Exceptions;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// Publishes what all apps hand in, over one channel and in the order in which they came: one writer, which does not wait for confirms before it
/// writes on.
/// </summary>
internal sealed class RabbitPublisher : IAsyncDisposable
{
    private readonly RabbitConnection _connection;
    private readonly RabbitOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<RabbitPublish> _queue = Channel.CreateBounded<RabbitPublish>(RabbitLimits.PublishesWaitingMax);
    private readonly Task _writing;

    public RabbitPublisher(RabbitConnection connection, RabbitOptions options, TimeProvider time)
    {
        (_connection, _options, _time) = (connection, options, time);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>See <see cref="IPubSub.PublishAsync"/>.</summary>
    /// <exception cref="RabbitUnavailableException">The broker is away, or went away before it confirmed.</exception>
    public async Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return;
        }
        try
        {
            await _connection.WhenUpAsync(cancellationToken).WaitAsync(RabbitLimits.PublishWait, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new RabbitUnavailableException(
                $"RabbitMQ at {_options.Address} is away, and did not come back within {RabbitLimits.PublishWait.TotalSeconds} s: "
                + _connection.Problem, e);
        }
        var publish = new RabbitPublish(messages, _time.GetTimestamp());
        await _queue.Writer.WriteAsync(publish, cancellationToken);
        await publish.Done.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_queue.Writer.TryComplete())
        {
            await _stop.CancelAsync();
            await _writing;
        }
    }

    private async Task WriteAsync()
    {
        PublishChannel? channel = null;
        await foreach (var publish in _queue.Reader.ReadAllAsync())
        {
            try
            {
                if (channel is not { IsOpen: true })
                {
                    channel = await ReopenAsync(channel, publish.Since);
                }
                await channel.WriteAsync(publish);
            }
            // The edge: whatever a dying connection throws, this publish has failed, and the next gets a new channel.
            catch (Exception e)
            {
                publish.Done.TrySetException(e is RabbitUnavailableException ? e : new RabbitUnavailableException(Explain(e), e));
                channel = await DropAsync(channel);
            }
        }
        await DropAsync(channel);
    }

    // What waits behind others for a broker that is away has waited with them: a wait of its own for each would add up to hours.
    private async Task<PublishChannel> ReopenAsync(PublishChannel? old, long since)
    {
        await DropAsync(old);
        var left = RabbitLimits.PublishWait - _time.GetElapsedTime(since);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        waiting.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        var connection = await _connection.WhenUpAsync(waiting.Token);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        opening.CancelAfter(RabbitLimits.PublishWait);
        return await PublishChannel.OpenAsync(connection, _options, _stop.Token, opening.Token);
    }

    private static async Task<PublishChannel?> DropAsync(PublishChannel? channel)
    {
        if (channel is not null)
        {
            await channel.DisposeAsync();
        }
        return null;
    }

    private string Explain(Exception exception) => exception switch
    {
        // Another kind of exchange, no permission: the broker's own words say which.
        OperationInterruptedException { ShutdownReason.ReplyText: { } text } => text,
        OperationCanceledException => $"RabbitMQ at {_options.Address} is away: {_connection.Problem}",
        _ => RabbitConnection.Describe(exception),
    };
}

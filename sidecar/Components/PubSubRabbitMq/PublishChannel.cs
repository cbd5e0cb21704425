using RabbitMQ.Client;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// A channel to publish on, with the messages that the broker has not confirmed yet. Used by one writer. Once it is closed, by whichever side,
/// all that is unconfirmed has failed: whether the broker has it, nobody knows.
/// </summary>
internal sealed class PublishChannel : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly RabbitOptions _options;
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // Ends a write under way: the library lets one that waits for the socket of a lost connection wait for ever.
    private readonly CancellationTokenSource _gone;
    private readonly Dictionary<ulong, RabbitPublish> _unconfirmed = [];
    private ulong _last;
    private ulong _confirmedUpTo;
    private string? _closed;

    private PublishChannel(IChannel channel, RabbitOptions options, CancellationToken stop)
    {
        (_channel, _options) = (channel, options);
        _gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
        channel.BasicAcksAsync += (_, ack) => Settle(ack.DeliveryTag, ack.Multiple, stored: true);
        channel.BasicNacksAsync += (_, nack) => Settle(nack.DeliveryTag, nack.Multiple, stored: false);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            Fail(reason.ReplyText);
            return Task.CompletedTask;
        };
    }

    /// <summary>False once it is of no use any more.</summary>
    public bool IsOpen => _closed is null && _channel.IsOpen;

    /// <summary>Opens a channel.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">The component's settings.</param>
    /// <param name="stop">Ends writes.</param>
    /// <param name="cancellationToken">Gives the opening up.</param>
    public static async Task<PublishChannel> OpenAsync(
        IConnection connection, RabbitOptions options, CancellationToken stop, CancellationToken cancellationToken)
    {
        // The library's own tracking of confirms would put a header of its own on every message.
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(options.PublisherConfirm, publisherConfirmationTrackingEnabled: false), cancellationToken);
        return new PublishChannel(channel, options, stop);
    }

    /// <summary>Writes the messages; they are done when the broker confirms them, or, without confirms, when they are written.</summary>
    public async Task WriteAsync(RabbitPublish publish)
    {
        foreach (var message in publish.Messages)
        {
            if (!_exchanges.Contains(message.Topic))
            {
                await RabbitTopology.DeclareExchangeAsync(_channel, _options, message.Topic, _gone.Token);
                _exchanges.Add(message.Topic);
            }
            Expect(publish);
            await _channel.BasicPublishAsync(
                message.Topic, RabbitPublish.RoutingKeyOf(message), mandatory: false, RabbitPublish.PropertiesOf(message, _options), message.Data,
                _gone.Token);
            if (!_options.PublisherConfirm)
            {
                publish.Confirm(stored: true);
            }
        }
    }

    /// <summary>Gives the channel up, and with it what it has not confirmed.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail("the channel was closed");
        try
        {
            await _channel.DisposeAsync().AsTask().WaitAsync(RabbitLimits.CloseWait);
        }
        // It went with its connection, and what it throws then has many names. None of them may end the writer, who goes on with the next channel.
        catch (Exception)
        {
        }
        _gone.Dispose();
    }

    private void Expect(RabbitPublish publish)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw new RabbitUnavailableException(_closed);
            }
            _last++; // the broker counts the same way: from 1, per channel
            if (_options.PublisherConfirm)
            {
                _unconfirmed.Add(_last, publish);
            }
        }
    }

    private Task Settle(ulong tag, bool multiple, bool stored)
    {
        lock (_lock)
        {
            for (var each = multiple ? _confirmedUpTo + 1 : tag; each <= tag; each++)
            {
                if (_unconfirmed.Remove(each, out var publish))
                {
                    publish.Confirm(stored);
                }
            }
            if (multiple)
            {
                _confirmedUpTo = tag;
            }
        }
        return Task.CompletedTask;
    }

    private void Fail(string reason)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                return;
            }
            _closed = $"the connection broke before the broker confirmed: {reason}";
            foreach (var publish in _unconfirmed.Values)
            {
                publish.Done.TrySetException(new RabbitUnavailableException(_closed));
            }
            _unconfirmed.Clear();
        }
        _ = _gone.CancelAsync(); // what it wakes up runs elsewhere, not on the library's thread
    }
}

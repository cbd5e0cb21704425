using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

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
    private readonly Dictionary<ulong, RabbitPublish> _unconfirmed = [];
    private ulong _last;
    private ulong _confirmedUpTo;
    private string? _closed;

    private PublishChannel(IChannel channel, RabbitOptions options)
    {
        (_channel, _options) = (channel, options);
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
    public static async Task<PublishChannel> OpenAsync(IConnection connection, RabbitOptions options, CancellationToken cancellationToken)
    {
        // The library's own tracking of confirms would put a header of its own on every message.
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(options.PublisherConfirm, publisherConfirmationTrackingEnabled: false), cancellationToken);
        return new PublishChannel(channel, options);
    }

    /// <summary>Writes the messages; they are done when the broker confirms them, or, without confirms, when they are written.</summary>
    public async Task WriteAsync(RabbitPublish publish, CancellationToken cancellationToken)
    {
        foreach (var message in publish.Messages)
        {
            if (!_exchanges.Contains(message.Topic))
            {
                await RabbitTopology.DeclareExchangeAsync(_channel, _options, message.Topic, cancellationToken);
                _exchanges.Add(message.Topic);
            }
            Expect(publish);
            await _channel.BasicPublishAsync(
                message.Topic, RabbitPublish.RoutingKeyOf(message), mandatory: false, RabbitPublish.PropertiesOf(message, _options), message.Data,
                cancellationToken);
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
            await _channel.DisposeAsync();
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or OperationCanceledException)
        {
            // It went with its connection.
        }
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
            _closed ??= $"the connection broke before the broker confirmed: {reason}";
            foreach (var publish in _unconfirmed.Values)
            {
                publish.Done.TrySetException(new RabbitUnavailableException(_closed));
            }
            _unconfirmed.Clear();
        }
    }
}

using System.Security.Cryptography;
using Sidecar.Components.Dispatch;
using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

/// <summary>
/// One consumer group of one stream, as this process takes part in it: while it has consumers it reads, renews what they hold, and takes over
/// what dead processes held. All its consumers share one dispatcher, so that the order within a subject holds between them, too. When the last one
/// leaves, what was not handled is given back at once, for any other process or the next consumer.
/// </summary>
internal sealed partial class StreamGroup
{
    private readonly RedisClient _client;
    private readonly StreamOptions _options;
    private readonly string _topic;
    private readonly string _name;
    private readonly string _consumer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GroupDispatcher _dispatcher;
    private readonly HeldEntries _held;
    private readonly Acknowledgements _done;
    private readonly ReadAhead _ahead;
    private readonly Lock _handing = new();
    private readonly SemaphoreSlim _gate = new(1);
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private Task _idle = Task.CompletedTask;
    private int _consumers;
    private long _lastId;

    /// <summary>Creates the group's part in this process; nothing happens before the first consumer.</summary>
    /// <param name="client">The server.</param>
    /// <param name="options">The component's settings.</param>
    /// <param name="topic">The stream's key.</param>
    /// <param name="name">Name of the group.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Logger.</param>
    /// <param name="closing">Cancelled when the component is disposed.</param>
    public StreamGroup(
        RedisClient client, StreamOptions options, string topic, string name, TimeProvider time, ILogger logger, CancellationToken closing)
    {
        (_client, _options, _topic, _name, _time, _logger) = (client, options, topic, name, time, logger);
        // In Dapr all consumers have the group's name. One name for each process tells what was on its way here when a connection broke.
        _consumer = $"{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        _held = new HeldEntries(time);
        _done = new Acknowledgements(client, topic, name, _held, time, logger, closing);
        _ahead = new ReadAhead(options.QueueDepth);
        _dispatcher = new GroupDispatcher(time, logger, message => _done.Add((string)message.Receipt!), _ahead.Signal);
    }

    /// <summary>Completes when all acknowledgements are told.</summary>
    public Task Acknowledged => _done.Done;

    /// <summary>Adds a consumer; disposing it ends as <see cref="IPubSub.SubscribeAsync"/> says.</summary>
    public async Task<IAsyncDisposable> AttachAsync(ConsumerOptions options, MessageHandler handler)
    {
        await _gate.WaitAsync();
        try
        {
            if (_consumers == 0)
            {
                await TryCreateGroupAsync();
            }
            var consumer = _dispatcher.Attach(options, handler);
            if (_consumers++ == 0)
            {
                _stop = new CancellationTokenSource();
                var stop = _stop.Token;
                _running = Task.WhenAll(ReadAsync(stop), RepeatAsync(ReclaimAsync, _options.RedeliverInterval, stop), RenewAllAsync(stop));
            }
            return new Share(this, consumer);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task DetachAsync(Consumer consumer)
    {
        var idle = consumer.DisposeAsync().AsTask(); // from here on it gets nothing more
        await _gate.WaitAsync();
        try
        {
            // One that left before may still be busy, and what waits behind its messages is to be given back, too.
            _idle = Task.WhenAll(_idle, idle);
            if (--_consumers == 0)
            {
                await StopAsync();
                await _idle;
                await GiveBackAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
        await idle;
    }

    private async Task StopAsync()
    {
        await _stop!.CancelAsync();
        await EndReadAsync();
        await _running;
        _stop.Dispose();
    }

    // Does something again and again, whatever the server says to it.
    private async Task RepeatAsync(Func<CancellationToken, Task> action, TimeSpan interval, CancellationToken stop)
    {
        if (_options.ProcessingTimeout is null)
        {
            return;
        }
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    await action(stop);
                }
                catch (RedisException exception)
                {
                    LogUpkeepFailed(_topic, _name, exception.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Hand(RespValue[] entries)
    {
        if (entries.Length == 0)
        {
            return;
        }
        var messages = new List<DeliveredMessage>(entries.Length);
        lock (_handing)
        {
            foreach (var value in entries)
            {
                if (StreamEntry.Read(value) is { } entry && _held.TryAdd(entry.Id))
                {
                    messages.Add(new DeliveredMessage(++_lastId, _topic, entry.Data, entry.Metadata)
                    {
                        Subject = EventSubject.Read(entry.Data.Span),
                        Receipt = entry.Id,
                    });
                }
            }
            _dispatcher.Add(messages);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after the pending messages of {Topic} for group {Group} failed: {Problem}")]
    private partial void LogUpkeepFailed(string topic, string group, string problem);

    private sealed class Share(StreamGroup group, Consumer consumer) : IAsyncDisposable
    {
        private readonly Lazy<Task> _left = new(() => group.DetachAsync(consumer));

        public ValueTask DisposeAsync() => new(_left.Value);
    }
}

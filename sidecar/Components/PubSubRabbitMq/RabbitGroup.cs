using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Sidecar.Components.Dispatch;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// A consumer group of this process on one topic: its queue's messages, handed out by a <see cref="GroupDispatcher"/>. It has a channel for as
/// long as the connection lasts, and takes another afterwards. What was handed out on the old one the broker gives again: copies that still wait
/// here are withdrawn, and acknowledgements of those under way are dropped.
/// </summary>
internal sealed partial class RabbitGroup
{
    private readonly RabbitConnection _connection;
    private readonly RabbitOptions _options;
    private readonly ConsumerOptions _consumer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GroupDispatcher _dispatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private long _lastId;

    public RabbitGroup(RabbitConnection connection, RabbitOptions options, ConsumerOptions consumer, TimeProvider time, ILogger logger)
    {
        (_connection, _options, _consumer, _time, _logger) = (connection, options, consumer, time, logger);
        _dispatcher = new GroupDispatcher(time, logger, static m => Settle(m, Verdict.Ack), static () => { })
        {
            OnGivenUp = m => Settle(m, options.RequeueInFailure ? Verdict.Requeue : Verdict.Reject),
            IsWithdrawn = static m => m.Receipt is Receipt { Channel.IsOpen: false },
        };
        _running = RunAsync();
    }

    /// <summary>Completes when the queue is consumed for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Subscriptions on it; guarded by the owner.</summary>
    public int Consumers { get; set; }

    /// <summary>Adds a subscription.</summary>
    public Consumer Attach(ConsumerOptions options, MessageHandler handler) => _dispatcher.Attach(options, handler);

    /// <summary>
    /// Ends it, after the last subscription has: acknowledgements go out before the channel is closed, and what was prefetched goes back to the
    /// queue, in its place.
    /// </summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(await _connection.WhenUpAsync(_stop.Token));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            // The edge: whatever broke, the subscription goes on as soon as it can.
            catch (Exception e)
            {
                LogFailed(RabbitTopology.QueueOf(_options, _consumer), Explain(e));
                await Task.Delay(_options.ReconnectWait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ConsumeAsync(IConnection connection)
    {
        await using var acks = await AckChannel.OpenAsync(connection, _stop.Token);
        var queue = await RabbitTopology.DeclareQueueAsync(acks.Channel, _options, _consumer, _stop.Token);
        await acks.Channel.BasicQosAsync(
            0, (ushort)(_options.Prefetch > 0 ? _options.Prefetch : RabbitLimits.PrefetchMax), global: false, _stop.Token);
        var consumer = new AsyncEventingBasicConsumer(acks.Channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            Take(acks, delivery);
            return Task.CompletedTask;
        };
        // Also where the queue was deleted, or another node took it over: the broker cancels, and it is declared again.
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        consumer.UnregisteredAsync += (_, _) =>
        {
            cancelled.TrySetResult();
            return Task.CompletedTask;
        };
        var tag = await acks.Channel.BasicConsumeAsync(queue, _options.AutoAck, consumer, _stop.Token);
        LogConsuming(queue);
        _ready.TrySetResult();
        await Task.WhenAny(acks.Closed, cancelled.Task, Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token));
        if (_stop.IsCancellationRequested && acks.Channel.IsOpen)
        {
            await acks.Channel.BasicCancelAsync(tag, noWait: true, CancellationToken.None);
        }
    }

    // One at a time per channel, in the queue's order.
    private void Take(AckChannel acks, BasicDeliverEventArgs delivery)
    {
        var data = delivery.Body.ToArray(); // the library's buffer is its own again after this call
        _dispatcher.Add(
        [
            new DeliveredMessage(Interlocked.Increment(ref _lastId), _consumer.Topic, data, NoMetadata)
            {
                Subject = EventSubject.Read(data),
                Receipt = _options.AutoAck ? null : new Receipt(acks, delivery.DeliveryTag),
            },
        ]);
    }

    private static void Settle(DeliveredMessage message, Verdict verdict)
    {
        if (message.Receipt is Receipt receipt)
        {
            receipt.Channel.Settle(receipt.Tag, verdict);
        }
    }

    private static string Explain(Exception exception) => exception switch
    {
        // A queue of other properties: PRECONDITION_FAILED says which one differs.
        OperationInterruptedException { ShutdownReason.ReplyText: { } text } => text,
        _ => RabbitConnection.Describe(exception),
    };

    private static IReadOnlyDictionary<string, string> NoMetadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private sealed record Receipt(AckChannel Channel, ulong Tag);

    [LoggerMessage(Level = LogLevel.Information, Message = "queue {Queue}: consuming")]
    private partial void LogConsuming(string queue);

    [LoggerMessage(Level = LogLevel.Error, Message = "queue {Queue}: {Problem}; it is tried again")]
    private partial void LogFailed(string queue, string problem);
}

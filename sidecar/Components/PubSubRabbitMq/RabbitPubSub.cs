using RabbitMQ.Client;

namespace Sidecar.Components.PubSubRabbitMq;

/// <summary>
/// <c>pubsub.rabbitmq</c>. With durable queues, persistent messages and publisher confirms, what a publish was answered for survives a restart and
/// a kill of the broker. While the broker is away publishes wait a little, then fail with the reason; deliveries go on by themselves afterwards.
/// </summary>
public sealed class RabbitPubSub : IPubSub, IDeletesTopics
{
    private readonly RabbitOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RabbitPubSub> _logger;
    private readonly RabbitConnection _connection;
    private readonly RabbitPublisher _publisher;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Dictionary<string, RabbitGroup> _groups = new(StringComparer.Ordinal);

    private RabbitPubSub(RabbitOptions options, RabbitConnection connection, TimeProvider time, ILogger<RabbitPubSub> logger)
    {
        (_options, _connection, _time, _logger) = (options, connection, time, logger);
        _publisher = new RabbitPublisher(connection, options, time);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">Nobody answers, or the user is refused.</exception>
    internal static async Task<RabbitPubSub> OpenAsync(
        RabbitOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger<RabbitPubSub>();
        return new RabbitPubSub(options, await RabbitConnection.OpenAsync(options, time, logger, cancellationToken), time, logger);
    }

    /// <inheritdoc/>
    public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> SubscribeAsync(
        ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken)
    {
        var queue = RabbitTopology.QueueOf(_options, options);
        RabbitGroup? group;
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (!_groups.TryGetValue(queue, out group))
            {
                group = new RabbitGroup(_connection, _options, options, _time, _logger);
                _groups.Add(queue, group);
            }
            group.Consumers++;
        }
        finally
        {
            _changing.Release();
        }
        var subscription = new Subscription(this, queue, group, group.Attach(options with { Concurrency = CallsOf(options) }, handler));
        // From the queue's declaration on nothing published is missed. A broker that is away is not waited for: the group goes on trying.
        await Task.WhenAny(group.Ready, Task.Delay(RabbitLimits.SubscribeWait, _time, cancellationToken));
        return subscription;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(
        IReadOnlyCollection<string> topics, IReadOnlyCollection<ConsumerOptions> consumers, CancellationToken cancellationToken)
    {
        var connection = await _connection.WhenUpAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        foreach (var queue in consumers.Select(c => RabbitTopology.QueueOf(_options, c)))
        {
            await channel.QueueDeleteAsync(queue, cancellationToken: cancellationToken);
            if (_options.EnableDeadLetter)
            {
                await channel.QueueDeleteAsync(RabbitTopology.DeadLetterQueueOf(queue), cancellationToken: cancellationToken);
                await channel.ExchangeDeleteAsync(RabbitTopology.DeadLetterExchangeOf(queue), cancellationToken: cancellationToken);
            }
        }
        foreach (var topic in topics)
        {
            await channel.ExchangeDeleteAsync(topic, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Fails what is not confirmed, and closes. Dispose subscriptions first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // In Dapr as many as are handed out; in bulk one at a time. Here a few, each with what has arrived meanwhile.
    private int CallsOf(ConsumerOptions options) =>
        _options.Single ? 1
        : options.MaxBatch > 1 ? RabbitLimits.BulkCallsMax
        : _options.Prefetch > 0 ? _options.Prefetch
        : RabbitLimits.CallsMax;

    private async Task ReleaseAsync(string queue, RabbitGroup group)
    {
        await _changing.WaitAsync();
        try
        {
            if (--group.Consumers == 0)
            {
                _groups.Remove(queue);
                await group.StopAsync();
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    private sealed class Subscription(RabbitPubSub broker, string queue, RabbitGroup group, IAsyncDisposable consumer) : IAsyncDisposable
    {
        private int _disposed;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                await consumer.DisposeAsync();
                await broker.ReleaseAsync(queue, group);
            }
        }
    }
}

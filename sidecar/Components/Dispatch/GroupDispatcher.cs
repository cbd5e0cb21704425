namespace Sidecar.Components.Dispatch;

/// <summary>
/// Hands the waiting messages of one consumer group to its consumers: in order, in batches of whatever is there
/// when a consumer has a call free (no batch waits to fill), and never two batches at once with the same
/// CloudEvents subject. Brokers feed it and are told what is done.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="logger">For handlers that throw.</param>
/// <param name="onDone">A message was acknowledged; called outside of locks, in any order.</param>
/// <param name="onRoom">The waiting messages have become few: more may be added.</param>
internal sealed partial class GroupDispatcher(
    TimeProvider time, ILogger logger, Action<DeliveredMessage> onDone, Action onRoom)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Lane, long> _ready = new();
    private readonly List<Consumer> _consumers = [];
    private int _next;
    private int _waiting;
    private long _waitingBytes;

    /// <summary>The app failed a message for good; called as the one for done messages, which stands in where there is none.</summary>
    public Action<DeliveredMessage>? OnGivenUp { get; init; }

    /// <summary>
    /// True for a waiting message that is not to be handed over any more, because the broker has taken it back; called inside of locks.
    /// </summary>
    public Predicate<DeliveredMessage>? IsWithdrawn { get; init; }

    /// <summary>True while more may be added.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _waiting < DispatchLimits.WaitingMax && _waitingBytes < DispatchLimits.WaitingBytesMax;
            }
        }
    }

    /// <summary>Messages that wait for a consumer.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting;
            }
        }
    }

    /// <summary>Takes away all that waits, so that another process can have it; what consumers hold stays with them.</summary>
    public IReadOnlyList<DeliveredMessage> TakeWaiting()
    {
        lock (_lock)
        {
            var taken = new List<DeliveredMessage>(_waiting);
            while (_ready.TryDequeue(out var lane, out _))
            {
                lane.IsQueued = false;
                while (!lane.IsEmpty)
                {
                    taken.Add(lane.Take());
                    Count(taken[^1], -1);
                }
                Forget(lane);
            }
            return taken;
        }
    }

    /// <summary>Adds messages that are younger than all added before.</summary>
    public void Add(IReadOnlyList<DeliveredMessage> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
            {
                var lane = LaneOf(message);
                lane.Add(message);
                Count(message, 1);
                Ready(lane);
            }
        }
        Pump();
    }

    /// <summary>Adds a consumer; it gets its first batch at once where messages wait.</summary>
    public Consumer Attach(ConsumerOptions options, MessageHandler handler)
    {
        var consumer = new Consumer(this, options, handler);
        lock (_lock)
        {
            _consumers.Add(consumer);
        }
        Pump();
        return consumer;
    }

    /// <summary>Stops giving to a consumer; false if that was done before.</summary>
    public bool Detach(Consumer consumer)
    {
        lock (_lock)
        {
            consumer.IsStopping = true;
            return _consumers.Remove(consumer);
        }
    }

    /// <summary>Completes the consumer's <see cref="Consumer.Idle"/> once it has stopped and holds nothing.</summary>
    public void EndIfIdle(Consumer consumer)
    {
        lock (_lock)
        {
            if (consumer is { IsStopping: true, Calls: 0, Unsettled: 0 })
            {
                consumer.Idle.TrySetResult();
            }
        }
    }

    /// <summary>See <see cref="IMessageBatch.Settle"/>.</summary>
    public void Settle(MessageBatch batch, int index, Ending ending)
    {
        var message = batch.Messages[index];
        lock (_lock)
        {
            if (!batch.TrySettle(index, out var lane))
            {
                return;
            }
            batch.Consumer.Unsettled--;
            if (ending == Ending.Again)
            {
                lane ??= LaneOf(message);
                PutBack(lane, message);
            }
            if (lane is not null)
            {
                Release(lane, batch);
            }
        }
        if (ending != Ending.Again)
        {
            (ending == Ending.GivenUp ? OnGivenUp ?? onDone : onDone)(message);
        }
        EndIfIdle(batch.Consumer);
        Pump();
    }

    /// <summary>See <see cref="IMessageBatch.LetPass"/>.</summary>
    public void LetPass(MessageBatch batch, int index)
    {
        lock (_lock)
        {
            if (batch.TryPass(index, out var lane))
            {
                Release(lane, batch);
            }
        }
        Pump();
    }

    /// <summary>Runs a batch's handler to its end.</summary>
    public async Task RunAsync(MessageBatch batch)
    {
        try
        {
            await batch.Consumer.Handler(batch, batch.Consumer.Stopping);
        }
        // The edge of the broker: whatever a handler throws, its messages are given again.
        catch (Exception exception)
        {
            if (!batch.Consumer.Stopping.IsCancellationRequested)
            {
                var options = batch.Consumer.Options;
                LogHandlerFailed(exception, options.Group, options.Topic, batch.Messages[0].Id);
                await Task.Delay(TimeSpan.FromMilliseconds(DispatchLimits.AgainDelayMs), time, batch.Consumer.Stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            for (var index = 0; index < batch.Messages.Count; index++)
            {
                Settle(batch, index, Ending.Again);
            }
        }
        lock (_lock)
        {
            batch.Consumer.Calls--;
        }
        EndIfIdle(batch.Consumer);
        Pump();
    }

    private void Pump()
    {
        List<MessageBatch>? started = null;
        bool few;
        lock (_lock)
        {
            while (_ready.Count > 0 && NextConsumer() is { } consumer && Take(consumer) is { } batch)
            {
                (started ??= []).Add(batch);
            }
            few = _waiting < DispatchLimits.WaitingMax / 2 && _waitingBytes < DispatchLimits.WaitingBytesMax / 2;
        }
        if (started is not null)
        {
            foreach (var batch in started)
            {
                ThreadPool.UnsafeQueueUserWorkItem(batch, preferLocal: false);
            }
            if (few)
            {
                onRoom();
            }
        }
    }

    private Consumer? NextConsumer()
    {
        for (var tried = 0; tried < _consumers.Count; tried++)
        {
            _next = (_next + 1) % _consumers.Count;
            if (_consumers[_next].HasRoom)
            {
                return _consumers[_next];
            }
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The handler of group {Group} on topic {Topic} threw on the batch from message {Id}; given again.")]
    private partial void LogHandlerFailed(Exception exception, string group, string topic, long id);
}

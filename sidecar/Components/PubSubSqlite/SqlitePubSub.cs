using Sidecar.Components.Dispatch;
using Sidecar.Storage;

namespace Sidecar.Components.PubSubSqlite;

/// <summary>
/// A durable broker in one SQLite file: a log per topic, and per consumer group what it is done with. A publish
/// completes when it is committed; acknowledgements are committed a little later, so a kill may repeat the last few
/// deliveries but loses none. Nothing polls: commits and acknowledgements wake what waits for them.
/// </summary>
public sealed partial class SqlitePubSub : IPubSub
{
    private readonly FileLock _fileLock;
    private readonly SqliteDatabase _database;
    private readonly long _maxMessagesPerTopic;
    private readonly TimeProvider _time;
    private readonly ILogger<SqlitePubSub> _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TopicLog> _topics;
    private readonly HashSet<GroupState> _dirty = [];
    private readonly List<Publish> _publishes = [];
    private long _lastTopicId;
    private bool _isCommitting;
    private bool _isClosed;
    private Task _committing = Task.CompletedTask;

    private SqlitePubSub(FileLock fileLock, SqliteDatabase database, List<TopicLog> topics, long maxMessagesPerTopic,
        TimeProvider time, ILoggerFactory loggers)
    {
        _fileLock = fileLock;
        _database = database;
        _maxMessagesPerTopic = maxMessagesPerTopic;
        _time = time;
        _logger = loggers.CreateLogger<SqlitePubSub>();
        _topics = topics.ToDictionary(static t => t.Name, StringComparer.Ordinal);
        _lastTopicId = topics.Count == 0 ? 0 : topics.Max(static t => t.Id);
    }

    /// <summary>Opens or creates the broker's file.</summary>
    /// <param name="path">Path of the file; only one broker at a time may have it open.</param>
    /// <param name="maxMessagesPerTopic">Messages kept of a topic that no group waits for.</param>
    /// <param name="time">Clock, for time to live.</param>
    /// <param name="loggers">Loggers.</param>
    /// <exception cref="BrokerInUseException">Another broker has the file open.</exception>
    public static async Task<SqlitePubSub> OpenAsync(
        string path, long maxMessagesPerTopic, TimeProvider time, ILoggerFactory loggers)
    {
        var fileLock = FileLock.TryTake(path + ".lock") ?? throw new BrokerInUseException(path);
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(path);
            var topics = await database.WriteAsync(BrokerStore.Load);
            return new SqlitePubSub(fileLock, database, topics, maxMessagesPerTopic, time, loggers);
        }
        catch
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }
            fileLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var publish = new Publish(messages);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _publishes.Add(publish);
            WakeCommitter();
        }
        return publish.Done.Task;
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> SubscribeAsync(
        ConsumerOptions options, MessageHandler handler, CancellationToken cancellationToken)
    {
        GroupState group;
        lock (_lock)
        {
            group = GroupOf(options);
        }
        // The group must be stored before its first message is handled: from then on messages wait for it.
        await PublishAsync([], cancellationToken);
        var consumer = group.Dispatcher!.Attach(options, handler);
        Refill(group);
        return consumer;
    }

    /// <summary>
    /// Commits what was published and acknowledged, and closes the file. Dispose subscriptions first.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task committing;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }
            if (_dirty.Count > 0)
            {
                WakeCommitter(); // left over from a commit that failed
            }
            _isClosed = true;
            committing = _committing;
        }
        await committing;
        await _database.DisposeAsync();
        _fileLock.Dispose();
    }

    private TopicLog TopicOf(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
        {
            topic = new TopicLog(++_lastTopicId, name);
            _topics.Add(name, topic);
        }
        return topic;
    }

    private GroupState GroupOf(ConsumerOptions options)
    {
        var topic = TopicOf(options.Topic);
        if (!topic.Groups.TryGetValue(options.Group, out var group))
        {
            // A new group starts at the oldest message kept, as a Redis group created at id 0 does.
            group = new GroupState(topic, options.Group, new DoneRanges(topic.Oldest - 1));
            topic.Groups.Add(options.Group, group);
        }
        MarkDirty(group);
        if (group.Dispatcher is null)
        {
            group.Dispatcher =
                new GroupDispatcher(_time, _logger, message => Acknowledge(group, message.Id), () => Refill(group));
            group.Next = group.Done.Cursor + 1;
        }
        return group;
    }

    private void Acknowledge(GroupState group, long number)
    {
        lock (_lock)
        {
            MarkDone(group, number, number);
            WakeCommitter();
        }
    }

    private void MarkDone(GroupState group, long from, long to)
    {
        group.Done.Add(from, to);
        MarkDirty(group);
    }

    private void MarkDirty(GroupState group)
    {
        if (!group.IsDirty)
        {
            group.IsDirty = true;
            _dirty.Add(group);
        }
    }

    private sealed class Publish(IReadOnlyList<NewMessage> messages)
    {
        public IReadOnlyList<NewMessage> Messages => messages;

        // Read here, on the publisher's thread and outside of the lock.
        public string?[] Subjects { get; } = [.. messages.Select(static m => EventSubject.Read(m.Data.Span))];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

using Sidecar.Components.Dispatch;
using Sidecar.PubSub.Envelopes;
using Sidecar.Storage;

namespace Sidecar.Components.PubSubSqlite;

// The committer: one at a time, takes whatever was published and acknowledged since the last commit into one
// transaction.
public sealed partial class SqlitePubSub
{
    private void WakeCommitter()
    {
        if (!_isCommitting && !_isClosed)
        {
            _isCommitting = true;
            _committing = Task.Run(CommitAllAsync);
        }
    }

    private async Task CommitAllAsync()
    {
        while (NextCommit() is { } commit)
        {
            try
            {
                await _database.WriteAsync(commit.Write);
            }
            // Disk full, file gone: the publishers must know, and acknowledgements are tried again with the next
            // commit.
            catch (Exception exception)
            {
                LogCommitFailed(exception, commit.Publishes.Count, commit.Groups.Count);
                if (Undo(commit, exception))
                {
                    continue;
                }
                return;
            }
            Apply(commit);
        }
    }

    private Commit? NextCommit()
    {
        lock (_lock)
        {
            if (_publishes.Count == 0 && _dirty.Count == 0)
            {
                _isCommitting = false;
                return null;
            }
            var taken = 0;
            for (var messages = 0; taken < _publishes.Count && messages < BrokerLimits.CommitMessagesMax; taken++)
            {
                messages += _publishes[taken].Messages.Count;
            }
            var commit = new Commit(_publishes.GetRange(0, taken));
            _publishes.RemoveRange(0, taken);
            foreach (var group in _dirty)
            {
                group.IsDirty = false;
                commit.Groups.Add(new(group, group.Done.Cursor, group.Done.Above()));
                commit.AddTopic(group.Topic);
            }
            _dirty.Clear();
            Number(commit);
            Trim(commit);
            return commit;
        }
    }

    // Numbers count up from what is committed, so that a failed commit leaves no gap.
    private void Number(Commit commit)
    {
        var now = _time.GetUtcNow();
        foreach (var publish in commit.Publishes)
        {
            for (var i = 0; i < publish.Messages.Count; i++)
            {
                var message = publish.Messages[i];
                var topic = TopicOf(message.Topic);
                var added = commit.AddTopic(topic);
                var number = topic.Newest + added.Count + 1;
                added.Add(new DeliveredMessage(number, message.Topic, message.Data, message.Metadata)
                {
                    ExpiresAt = TimeToLive.Read(message.Metadata) is { } ttl ? now + ttl : null,
                    Subject = publish.Subjects[i],
                });
                commit.Rows.Add((topic.RowOf(number), message, added[^1].ExpiresAt));
            }
        }
    }

    private void Trim(Commit commit)
    {
        foreach (var (topic, added) in commit.Topics)
        {
            long upTo;
            if (topic.Groups.Count == 0)
            {
                upTo = topic.Newest + added.Count - _maxMessagesPerTopic;
            }
            else
            {
                // Cursors of groups in this commit count as stored: they are written in the same transaction.
                upTo = topic.Groups.Values.Min(group =>
                    commit.Groups.Find(saved => ReferenceEquals(saved.Group, group))?.Cursor ?? group.StoredCursor);
                if (upTo - topic.Oldest + 1 < BrokerLimits.TrimMin)
                {
                    continue;
                }
            }
            upTo = Math.Min(upTo, topic.Oldest + BrokerLimits.TrimMax - 1);
            if (upTo >= topic.Oldest)
            {
                commit.Trims.Add((topic, upTo));
            }
        }
    }

    // True where other publishes wait. Acknowledgements alone are kept for the next publish, acknowledgement or close,
    // instead of spinning on a broken file.
    private bool Undo(Commit commit, Exception exception)
    {
        bool goesOn;
        lock (_lock)
        {
            foreach (var saved in commit.Groups)
            {
                MarkDirty(saved.Group);
            }
            goesOn = _isCommitting = _publishes.Count > 0;
        }
        foreach (var publish in commit.Publishes)
        {
            publish.Done.SetException(exception);
        }
        return goesOn;
    }

    private void Apply(Commit commit)
    {
        List<(GroupDispatcher Dispatcher, List<DeliveredMessage> Messages)>? deliveries = null;
        lock (_lock)
        {
            foreach (var saved in commit.Groups)
            {
                saved.Group.StoredCursor = saved.Cursor;
            }
            foreach (var (topic, added) in commit.Topics)
            {
                topic.IsStored = true;
                topic.Newest += added.Count;
                foreach (var group in topic.Groups.Values)
                {
                    // A group that has kept up gets the messages from here; one that lags reads them from the log.
                    if (added.Count > 0 && group.Dispatcher is { HasRoom: true } && !group.IsReading
                        && group.Next == added[0].Id)
                    {
                        group.Next = topic.Newest + 1;
                        (deliveries ??= []).Add((group.Dispatcher, added));
                    }
                }
            }
            foreach (var (topic, upTo) in commit.Trims)
            {
                topic.Oldest = upTo + 1;
            }
        }
        foreach (var (dispatcher, messages) in deliveries ?? [])
        {
            dispatcher.Add(messages);
        }
        foreach (var publish in commit.Publishes)
        {
            publish.Done.SetResult();
        }
    }

    private sealed record SavedGroup(GroupState Group, long Cursor, byte[]? Above);

    private sealed class Commit(List<Publish> publishes)
    {
        public List<Publish> Publishes => publishes;

        public List<SavedGroup> Groups { get; } = [];

        public Dictionary<TopicLog, List<DeliveredMessage>> Topics { get; } = [];

        public List<(long Row, NewMessage Message, DateTimeOffset? ExpiresAt)> Rows { get; } = [];

        public List<(TopicLog Topic, long UpTo)> Trims { get; } = [];

        public List<DeliveredMessage> AddTopic(TopicLog topic)
        {
            if (!Topics.TryGetValue(topic, out var added))
            {
                Topics.Add(topic, added = []);
            }
            return added;
        }

        public bool Write(SqliteSession session)
        {
            foreach (var topic in Topics.Keys.Where(static t => !t.IsStored))
            {
                BrokerStore.InsertTopic(session, topic);
            }
            foreach (var (row, message, expiresAt) in Rows)
            {
                BrokerStore.InsertMessage(session, row, message, expiresAt);
            }
            foreach (var saved in Groups)
            {
                BrokerStore.SaveGroup(session, saved.Group.Topic.Id, saved.Group.Name, saved.Cursor, saved.Above);
            }
            foreach (var (topic, upTo) in Trims)
            {
                BrokerStore.DeleteMessages(session, topic.RowOf(topic.Oldest), topic.RowOf(upTo));
            }
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "A commit of {Publishes} publishes and {Groups} groups failed; the publishers were told")]
    private partial void LogCommitFailed(Exception exception, int publishes, int groups);
}

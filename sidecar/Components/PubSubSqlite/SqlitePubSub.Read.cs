namespace Sidecar.Components.PubSubSqlite;

// Groups that lag behind read the log in windows, so that memory does not depend on how far behind they are.
public sealed partial class SqlitePubSub
{
    private void Refill(GroupState group)
    {
        lock (_lock)
        {
            if (_isClosed || group.IsReading || group.Next > group.Topic.Newest || !group.Dispatcher!.HasRoom)
            {
                return;
            }
            group.IsReading = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static s => s.Broker.ReadOn(s.Group), (Broker: this, Group: group),
            preferLocal: false);
    }

    private void ReadOn(GroupState group)
    {
        while (true)
        {
            long from, to;
            lock (_lock)
            {
                (from, to) = (group.Next, group.Topic.Newest);
                if (_isClosed || from > to || !group.Dispatcher!.HasRoom)
                {
                    group.IsReading = false;
                    return;
                }
            }
            List<DeliveredMessage> messages;
            try
            {
                messages = _database.Read(session => BrokerStore.Read(session, group.Topic, from, to));
            }
            // A busy disk, too many open files: whatever it was, nothing else may ever wake this group.
            catch (Exception exception)
            {
                LogReadFailed(exception, group.Topic.Name, from);
                _ = ReadAgainAsync(group);
                return;
            }
            group.Dispatcher!.Add(Take(group, messages, from, to));
        }
    }

    // It still counts as reading meanwhile, so that newer messages do not overtake.
    private async Task ReadAgainAsync(GroupState group)
    {
        await Task.Delay(BrokerLimits.ReadAgain, _time);
        ReadOn(group);
    }

    private List<DeliveredMessage> Take(GroupState group, List<DeliveredMessage> messages, long from, long to)
    {
        var open = new List<DeliveredMessage>(messages.Count);
        lock (_lock)
        {
            foreach (var message in messages)
            {
                SkipGap(group, from, message.Id - 1);
                from = message.Id + 1;
                if (!group.Done.Contains(message.Id))
                {
                    open.Add(message);
                }
            }
            if (messages.Count == 0)
            {
                SkipGap(group, from, to);
                from = to + 1;
            }
            group.Next = from;
        }
        return open;
    }

    // Messages that were deleted before the group came are done for it, or its cursor would wait for them for ever.
    private void SkipGap(GroupState group, long from, long to)
    {
        if (from <= to)
        {
            MarkDone(group, from, to);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading topic {Topic} from message {From} failed; it is tried again.")]
    private partial void LogReadFailed(Exception exception, string topic, long from);
}

using Consistency.DeadLetters;
using Consistency.Feeds;
using Consistency.Inbox;
using Consistency.Instances;
using Consistency.Outbox;
using Consistency.Repairs;
using Consistency.Storage;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Feeds;

namespace ServiceDefaults.Hosting;

internal static class Progress
{
    public static ServiceProgress Of<TDb>(
        Database<TDb> database, FeedReaders<TDb> readers, Func<TDb, long> unsettled, Func<TDb, long>? needsAttention)
        where TDb : DbContext =>
        new(
            database.Read(unsettled),
            database.OutboxDepth(),
            database.DuplicatesSuppressed(),
            database.DeadLetterCount(),
            needsAttention is null ? 0 : database.Read(needsAttention),
            readers.CountUnread(),
            database.RepairCount(),
            database.Traffic(),
            database.KeptChangeCount(),
            database.ParkedCount());
}

using System.Collections.Concurrent;
using Consistency.Feeds;
using Consistency.Instances;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Feeds;

/// <summary>
/// How far followers have read the pulled lane, as their requests tell: who asks for what comes after a cursor has committed everything up
/// to it. A follower asks now this instance, now another, so what each was told is kept in their database
/// (<see cref="Hosting.InstanceFigureKeeper{TDb}"/>).
/// </summary>
internal sealed class FeedReaders<TDb>(Database<TDb> database, ChangeFeed<TDb> feed, TimeProvider time, IReadOnlyList<string> expected)
    where TDb : DbContext
{
    // Only whether there is something matters, and about how much.
    private const int CountMax = 1000;
    private readonly ConcurrentDictionary<string, (FeedCursor Cursor, DateTimeOffset At)> told = new(StringComparer.Ordinal);

    /// <summary>A follower asks for what comes after a cursor.</summary>
    public void Note(string? follower, FeedCursor cursor)
    {
        if (follower is not null && expected.Contains(follower))
        {
            told[follower] = (cursor, time.GetUtcNow());
        }
    }

    /// <summary>What this instance was told last, and when, by follower.</summary>
    public IReadOnlyList<KeyValuePair<string, (FeedCursor Cursor, DateTimeOffset At)>> Told() => [.. told];

    /// <summary>Changes that a follower is still to act on; of the follower that has most left.</summary>
    public long CountUnread() =>
        expected.Count == 0 ? 0 : expected.Max(f => feed.CountBehind(database.ReaderCursor(f), Lane.Pulled, CountMax));
}

using System.Collections.Concurrent;
using Consistency.Feeds;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Feeds;

/// <summary>
/// How far followers have read the pulled lane, as their requests tell: who asks for what comes after a cursor has committed everything up
/// to it. Kept in memory; a follower that has not asked since the start counts as having read nothing.
/// </summary>
internal sealed class FeedReaders<TDb>(ChangeFeed<TDb> feed, IReadOnlyList<string> expected)
    where TDb : DbContext
{
    // Only whether there is something matters, and about how much.
    private const int CountMax = 1000;
    private readonly ConcurrentDictionary<string, FeedCursor> read = new(StringComparer.Ordinal);

    public void Note(string? follower, FeedCursor cursor)
    {
        if (follower is not null && expected.Contains(follower))
        {
            read[follower] = cursor;
        }
    }

    /// <summary>Changes that a follower is still to act on; of the follower that has most left.</summary>
    public long CountUnread() =>
        expected.Count == 0 ? 0 : expected.Max(f => feed.CountBehind(read.GetValueOrDefault(f, FeedCursor.Start), Lane.Pulled, CountMax));
}

namespace Consistency.Caching;

/// <summary>What an entry holds.</summary>
/// <param name="Version">The value's version, given by its owner.</param>
/// <param name="AsOf">The value was the newest at this moment, or at a later one. To the millisecond.</param>
/// <param name="Payload">The value.</param>
internal sealed record CacheEntry(long Version, DateTimeOffset AsOf, ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// True if the entry may be answered with. One from the future tells of clocks that differ, and nothing of its age: it may not.
    /// </summary>
    public bool IsFresh(DateTimeOffset now, TimeSpan limit) => AsOf <= now && now - AsOf < limit;

    /// <summary>
    /// True if this entry may take the other's place. An older version never replaces a newer one that is still answered with; once that one's
    /// time is over the later look decides, so that an owner that was restored from a backup is believed again.
    /// </summary>
    public bool Supersedes(CacheEntry other, DateTimeOffset now, TimeSpan limit) =>
        other.IsFresh(now, limit)
            ? Version > other.Version || (Version == other.Version && AsOf > other.AsOf)
            : AsOf > other.AsOf || other.AsOf > now;
}

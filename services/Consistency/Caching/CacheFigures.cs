namespace Consistency.Caching;

/// <summary>What a cache has done since its process started.</summary>
/// <param name="Hits">Reads answered from the store.</param>
/// <param name="Misses">Reads for which it had nothing.</param>
/// <param name="Stale">Reads for which it had something too old.</param>
/// <param name="Rejected">Entries that were not ours: altered, moved, or written with another key.</param>
/// <param name="Collapsed">Reads that shared another read's question to the owner.</param>
/// <param name="Failed">Calls to the store that failed or took too long.</param>
/// <param name="Skipped">Calls to the store that were left out because it has just failed several times.</param>
/// <param name="Stored">Values written to the store.</param>
/// <param name="Outrun">Values not written, because something as new or newer was there.</param>
/// <param name="Bypassed">Reads that did not ask the store, because their client wanted no old answer, or got no answer from it.</param>
public sealed record CacheFigures(
    long Hits, long Misses, long Stale, long Rejected, long Collapsed, long Failed, long Skipped, long Stored, long Outrun,
    long Bypassed = 0);

/// <summary>Counts.</summary>
internal sealed class CacheCounters
{
    private long hits;
    private long misses;
    private long stale;
    private long rejected;
    private long collapsed;
    private long failed;
    private long skipped;
    private long stored;
    private long outrun;
    private long bypassed;

    public CacheFigures Figures => new(
        Interlocked.Read(ref hits), Interlocked.Read(ref misses), Interlocked.Read(ref stale), Interlocked.Read(ref rejected),
        Interlocked.Read(ref collapsed), Interlocked.Read(ref failed), Interlocked.Read(ref skipped), Interlocked.Read(ref stored),
        Interlocked.Read(ref outrun), Interlocked.Read(ref bypassed));

    public void Hit() => Interlocked.Increment(ref hits);

    public void Miss() => Interlocked.Increment(ref misses);

    public void Stale() => Interlocked.Increment(ref stale);

    public void Reject() => Interlocked.Increment(ref rejected);

    public void Collapse() => Interlocked.Increment(ref collapsed);

    public void Fail() => Interlocked.Increment(ref failed);

    public void Skip() => Interlocked.Increment(ref skipped);

    public void Store() => Interlocked.Increment(ref stored);

    public void Bypass() => Interlocked.Increment(ref bypassed);

    public void Outrun() => Interlocked.Increment(ref outrun);
}

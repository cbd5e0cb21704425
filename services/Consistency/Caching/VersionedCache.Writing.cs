using System.Text.Json;

namespace Consistency.Caching;

public sealed partial class VersionedCache<T>
{
    // By the key's hash, so that it does not grow: two keys that share one cost a value that is not kept, now and then.
    private const int DropCounters = 1024;

    private readonly long[] drops = new long[DropCounters];
    private int writesUnderWay;

    /// <summary>
    /// Puts a value that somebody has learned otherwise (from a change feed, say), unless something as new is there. Does not throw.
    /// </summary>
    /// <param name="id">Id of what was read.</param>
    /// <param name="value">The value and its version.</param>
    /// <param name="asOf">When it was the newest, by this process's clock: the moment before it was asked for.</param>
    public Task PutAsync(string id, Versioned<T> value, DateTimeOffset asOf)
    {
        var key = KeyOf(id);
        return WriteAsync(new Flight(key, Floor(asOf), Drops(key)), value, known: null, isKnown: false);
    }

    /// <summary>
    /// Forgets a value that has changed. Reads that begin from now on do not share a question that was asked before, and its answer is not kept.
    /// Where the store does not answer, what it has is used until its time is over. Does not throw.
    /// </summary>
    public Task DropAsync(string id)
    {
        var key = KeyOf(id);
        Interlocked.Increment(ref drops[DropCounterOf(key)]);
        flights.TryRemove(key, out _);
        return store.DeleteAsync(key, counters);
    }

    // Milliseconds are what an entry keeps: rounded down, so that nothing ever looks younger than it is.
    private static DateTimeOffset Floor(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());

    private static int DropCounterOf(string key) => (string.GetHashCode(key, StringComparison.Ordinal) & int.MaxValue) % DropCounters;

    private long Drops(string key) => Interlocked.Read(ref drops[DropCounterOf(key)]);

    // No answer waits for this.
    private async Task StoreAsync(Flight flight, Versioned<T> value, StoredText? known, bool isKnown)
    {
        if (Interlocked.Increment(ref writesUnderWay) <= CacheLimits.WritesUnderWayMax)
        {
            await WriteAsync(flight, value, known, isKnown);
        }

        Interlocked.Decrement(ref writesUnderWay);
    }

    /// <summary>Compare-and-set against what the store has; whoever is overtaken looks again.</summary>
    private async Task WriteAsync(Flight flight, Versioned<T> value, StoredText? known, bool isKnown)
    {
        var (key, asOf) = (flight.Key, flight.AsOf);
        var payload = JsonSerializer.SerializeToUtf8Bytes(value.Value, JsonSerializerOptions.Web);
        if (payload.Length > CacheLimits.PayloadBytesMax)
        {
            return;
        }

        var entry = new CacheEntry(value.Version, asOf, payload);
        var text = seal.Close(key, entry);
        for (var attempt = 0; attempt < CacheLimits.WriteAttemptsMax; attempt++)
        {
            if (attempt > 0 || !isKnown)
            {
                (var answered, known) = await store.GetAsync(key, counters);
                if (!answered)
                {
                    return;
                }
            }

            var now = time.GetUtcNow();
            if (flight.Drops != Drops(key) || !entry.IsFresh(now, settings.Staleness) || IsOutrun(key, entry, known, now))
            {
                counters.Outrun();
                return;
            }

            var (written, won) = await store.TrySetAsync(key, text, known?.ETag, settings.Staleness - (now - asOf), counters);
            if (!written)
            {
                return;
            }

            if (won)
            {
                counters.Store();
                if (flight.Drops != Drops(key))
                {
                    // Dropped meanwhile, and perhaps before this was written.
                    await store.DeleteAsync(key, counters);
                }

                return;
            }
        }

        counters.Outrun();
    }

    private bool IsOutrun(string key, CacheEntry entry, StoredText? known, DateTimeOffset now) =>
        known is not null && seal.Open(key, known.Text) is { } other && !entry.Supersedes(other, now, settings.Staleness);
}

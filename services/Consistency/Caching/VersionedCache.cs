using System.Collections.Concurrent;
using System.Text.Json;

namespace Consistency.Caching;

/// <summary>
/// Cache-aside over a store that is trusted with nothing. What it holds to, whatever the store does: an answer from it is never older than the
/// settings say, by the entry's own time stamp; an older version never replaces a newer one that is still answered with, as long as the store
/// keeps its word on ETags; and a store that is slow, gone, empty or poisoned makes reads slower, never wrong or failing.
/// Questions for the same value are asked once (Dean and Barroso, "The Tail at Scale", CACM 2013, call it request collapsing).
/// </summary>
/// <param name="name">What is cached; the beginning of its keys.</param>
/// <param name="store">The store.</param>
/// <param name="seal">Signs entries.</param>
public sealed partial class VersionedCache<T>(string name, GuardedStore store, EntrySeal seal) : ICountsReads
    where T : class
{
    private readonly CacheSettings settings = store.Settings;
    private readonly TimeProvider time = store.Time;
    private readonly CacheCounters counters = new();
    private readonly ConcurrentDictionary<string, Flight> flights = new(StringComparer.Ordinal);

    /// <summary>Asks the owner; null where it has no such thing. Exceptions go to the reader.</summary>
    public delegate Task<Versioned<T>?> Loader(CancellationToken cancellationToken);

    /// <summary>What is cached.</summary>
    public string Name => name;

    /// <summary>What the cache has done.</summary>
    public CacheFigures Figures => counters.Figures;

    /// <summary>Reads a value: from the store, else from its owner.</summary>
    /// <param name="id">Id of what is read.</param>
    /// <param name="load">
    /// Asks the owner. Readers share one question, and it goes on when one of them gives up: it must end by itself, in a limited time.
    /// </param>
    /// <param name="maxAge">Oldest answer that the reader takes; zero for none from the store. The settings' bound holds anyway.</param>
    /// <param name="cancellationToken">The reader gives up.</param>
    /// <returns>Null where the owner has no such thing; that is not cached.</returns>
    public async Task<CacheAnswer<T>?> GetAsync(string id, Loader load, TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var key = KeyOf(id);
        var limit = maxAge < settings.Staleness ? maxAge : settings.Staleness;
        if (limit <= TimeSpan.Zero)
        {
            counters.Bypass();
            return await FlyAsync(TakeOff(key), load, CacheOutcome.Bypass, known: null, isKnown: false).WaitAsync(cancellationToken);
        }

        var (answered, found) = await store.GetAsync(key, counters).WaitAsync(cancellationToken);
        var entry = found is null ? null : Open(key, found);
        var now = time.GetUtcNow();
        var outcome = CacheOutcome.Miss;
        if (!answered)
        {
            counters.Bypass();
        }
        else if (entry is null)
        {
            counters.Miss();
        }
        else if (!entry.IsFresh(now, limit))
        {
            outcome = CacheOutcome.Stale;
            counters.Stale();
        }
        else if (Read(entry) is { } value)
        {
            counters.Hit();
            return new CacheAnswer<T>(value, entry.Version, entry.AsOf, now - entry.AsOf, CacheOutcome.Hit, Collapsed: false);
        }

        return await AskAsync(key, load, limit, outcome, found, answered).WaitAsync(cancellationToken);
    }

    private string KeyOf(string id) => $"{name}/{id}";

    private Flight TakeOff(string key) => new(key, Floor(time.GetUtcNow()), Drops(key));

    // One question for all that ask at the same time, unless its answer is too old by the time it is there.
    private async Task<CacheAnswer<T>?> AskAsync(
        string key, Loader load, TimeSpan limit, CacheOutcome outcome, StoredText? known, bool isKnown)
    {
        var own = TakeOff(key);
        var flight = flights.GetOrAdd(key, own);
        if (flight != own)
        {
            var shared = await flight.Answer;
            var now = time.GetUtcNow();
            if (shared is null || new CacheEntry(shared.Version, shared.AsOf, default).IsFresh(now, limit))
            {
                counters.Collapse();
                return shared is null ? null : shared with { Age = now - shared.AsOf, Outcome = outcome, Collapsed = true };
            }

            return await FlyAsync(TakeOff(key), load, outcome, known: null, isKnown: false);
        }

        return await FlyAsync(own, load, outcome, known, isKnown);
    }

    private async Task<CacheAnswer<T>?> FlyAsync(Flight flight, Loader load, CacheOutcome outcome, StoredText? known, bool isKnown)
    {
        try
        {
            var loaded = await load(CancellationToken.None);
            var answer = loaded is null
                ? null
                : new CacheAnswer<T>(loaded.Value, loaded.Version, flight.AsOf, time.GetUtcNow() - flight.AsOf, outcome, Collapsed: false);
            flight.Land(answer);
            if (loaded is not null)
            {
                _ = StoreAsync(flight, loaded, known, isKnown);
            }

            return answer;
        }
        catch (Exception e)
        {
            flight.Crash(e);
            throw;
        }
        finally
        {
            flights.TryRemove(new(flight.Key, flight));
        }
    }

    private CacheEntry? Open(string key, StoredText found)
    {
        var entry = seal.Open(key, found.Text);
        if (entry is null)
        {
            counters.Reject();
        }

        return entry;
    }

    // Authentic, but perhaps written by another version of this program.
    private T? Read(CacheEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(entry.Payload.Span, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            counters.Reject();
            return default;
        }
    }

    /// <summary>A question to the owner that is under way.</summary>
    private sealed class Flight(string key, DateTimeOffset asOf, long drops)
    {
        private readonly TaskCompletionSource<CacheAnswer<T>?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Key => key;

        /// <summary>Before the question was asked.</summary>
        public DateTimeOffset AsOf => asOf;

        /// <summary>How often such keys had been dropped by then: where it is more when the answer is there, the answer is not kept.</summary>
        public long Drops => drops;

        public Task<CacheAnswer<T>?> Answer => answer.Task;

        public void Land(CacheAnswer<T>? value) => answer.TrySetResult(value);

        // Observed here, so that a failure that nobody shares is not an unobserved one.
        public void Crash(Exception exception)
        {
            answer.TrySetException(exception);
            _ = answer.Task.Exception;
        }
    }
}

using Microsoft.Extensions.Logging;

namespace Consistency.Caching;

/// <summary>
/// A store behind a time limit and a breaker: no call takes longer than the limit, and none throws. All caches on one store share one of these.
/// </summary>
public sealed partial class GuardedStore(ICacheStore store, CacheSettings settings, TimeProvider time, ILogger<GuardedStore> logger)
{
    private readonly CacheBreaker breaker = new(settings, time);

    internal CacheSettings Settings => settings;

    internal TimeProvider Time => time;

    /// <summary>The entry, or null; and whether the store answered at all.</summary>
    internal Task<(bool Answered, StoredText? Found)> GetAsync(string key, CacheCounters counters) =>
        CallAsync(token => store.GetAsync(key, token), counters);

    /// <summary>Writes an entry if it is still the one that was read, and tells whether it was; and whether the store answered at all.</summary>
    internal Task<(bool Answered, bool Won)> TrySetAsync(string key, string text, string? etag, TimeSpan keep, CacheCounters counters) =>
        CallAsync(token => store.TrySetAsync(key, text, etag, keep, token), counters);

    /// <summary>Removes an entry; false if the store did not answer.</summary>
    internal async Task<bool> DeleteAsync(string key, CacheCounters counters) =>
        (await CallAsync(
            async token =>
            {
                await store.DeleteAsync(key, token);
                return true;
            },
            counters)).Answered;

    private async Task<(bool Answered, T? Answer)> CallAsync<T>(Func<CancellationToken, Task<T>> call, CacheCounters counters)
    {
        if (!breaker.MayPass())
        {
            counters.Skip();
            return default;
        }

        // Not disposed where the store does not heed it: the call may still look at it when it ends some time later.
        var limit = new CancellationTokenSource(settings.StoreLimit, time);
        try
        {
            var answer = await call(limit.Token).WaitAsync(settings.StoreLimit, time);
            limit.Dispose();
            breaker.Succeeded();
            return (true, answer);
        }
#pragma warning disable CA1031 // Whatever the store throws: the cache is a convenience, and its reader goes on without it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            counters.Fail();
            if (breaker.Failed())
            {
                LogLeftAlone(logger, settings.Pause.TotalSeconds, e.Message);
            }

            return default;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The cache has failed several times and is left alone for {Seconds} s; reads go to the owners. {Reason}")]
    private static partial void LogLeftAlone(ILogger logger, double seconds, string reason);
}

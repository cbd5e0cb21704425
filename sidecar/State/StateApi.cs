using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Http;

namespace Sidecar.State;

/// <summary>
/// The state API but for queries: get, bulk get, save, delete, transaction. Where Dapr's stores differ, the behaviour of
/// state.in-memory is followed: a transaction is all or nothing, a stale or unknown ETag is a 409 wherever it occurs but in a
/// transaction, and expiry times are reported.
/// </summary>
internal sealed partial class StateApi(AppRuntime runtime)
{
    private readonly Dictionary<string, StateStoreEntry> _stores = StateStoreEntry.All(runtime);

    /// <summary>Finds the handler for what follows <c>/v1.0/state/</c>; null where there is none.</summary>
    public Task? Route(HttpContext http, ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            return null;
        }
        var method = http.Request.Method;
        var write = HttpFace.IsPostOrPut(http);
        if (!RequestPath.TrySplit(path, out var name, out var key))
        {
            return write && name.Length == path.Length ? WithStore(http, name, SaveAsync) : null;
        }
        if (key.Contains('/'))
        {
            return null;
        }
        if (write)
        {
            return key switch
            {
                "bulk" => WithStore(http, name, BulkGetAsync),
                "transaction" => WithStore(http, name, TransactAsync),
                _ => null,
            };
        }
        return HttpMethods.IsGet(method) ? WithKey(http, name, key, GetAsync)
            : HttpMethods.IsDelete(method) ? WithKey(http, name, key, DeleteAsync)
            : null;
    }

    /// <summary>Answers the query API (<c>/v1.0-alpha1/state/{store}/query</c>) as daprd does for a store that cannot query.</summary>
    public Task? RouteQuery(HttpContext http, ReadOnlySpan<char> path) =>
        HttpFace.IsPostOrPut(http) && RequestPath.TrySplit(path, out var name, out var rest) && rest is "query"
            ? QueryAsync(http, RequestPath.Unescape(name))
            : null;

    // Daprd asks for the store in another way here than elsewhere, and says less about it.
    private Task QueryAsync(HttpContext http, string name) => Answers.Error(
        http,
        _stores.TryGetValue(name, out var store) ? StateErrors.Query(store)
        : _stores.Count == 0 ? StateErrors.NotConfigured(name, appId: null)
        : StateErrors.NotFound(name, appId: null));

    private Task WithStore(HttpContext http, ReadOnlySpan<char> rawName, Func<HttpContext, StateStoreEntry, Task> handle)
    {
        var name = RequestPath.Unescape(rawName);
        return _stores.TryGetValue(name, out var store) ? handle(http, store)
            : Answers.Error(http, _stores.Count == 0 ? StateErrors.NotConfigured(name, runtime.AppId) : StateErrors.NotFound(name, runtime.AppId));
    }

    private Task WithKey(
        HttpContext http, ReadOnlySpan<char> rawName, ReadOnlySpan<char> rawKey, Func<HttpContext, StateStoreEntry, string, string, Task> handle)
    {
        var key = RequestPath.Unescape(rawKey);
        return WithStore(http, rawName, (http, store) => store.FullKey(key) is { } fullKey
            ? handle(http, store, key, fullKey)
            : Answers.Error(http, StateErrors.IllegalKey(store.Name, key)));
    }

    private async Task GetAsync(HttpContext http, StateStoreEntry store, string key, string fullKey)
    {
        IReadOnlyList<StateItem> items;
        try
        {
            items = await store.ReadAsync([fullKey]);
        }
        // The edge: whatever a store throws becomes an answer.
        catch (Exception exception)
        {
            await Answers.Error(http, StateErrors.Get(key, store.Name, exception));
            return;
        }
        if (items.Count == 0)
        {
            await Answers.Empty(http);
            return;
        }
        http.Response.Headers.ETag = items[0].ETag;
        if (items[0].ExpiresAt is { } expiry)
        {
            http.Response.Headers["Metadata.ttlExpireTime"] = Rfc3339(expiry);
        }
        await Answers.Ok(http, items[0].Value.Span);
    }

    private async Task DeleteAsync(HttpContext http, StateStoreEntry store, string key, string fullKey)
    {
        var query = http.Request.Query;
        if (!StateRequest.OptionsAreKnown(query["concurrency"], query["consistency"], out var problem))
        {
            await Answers.Error(http, StateErrors.Delete(key, 500, problem));
            return;
        }
        var etag = http.Request.Headers.IfMatch is [{ Length: > 0 } match, ..] ? match : null;
        var error = await store.WriteAsync([new StateWrite(fullKey, null, etag, query["concurrency"] == "first-write", null)]);
        await (error is null ? Answers.Empty(http) : Answers.Error(http, StateErrors.Delete(key, error)));
    }

    internal static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.State;
using Wire.Runtime;
using Concurrency = Wire.Runtime.StateOptions.Types.StateConcurrency;
using SentItem = Wire.Runtime.StateItem;

namespace Sidecar.Grpc.Runtime;

/// <summary>The state calls. Values are bytes here, whatever they hold; all else is as by HTTP.</summary>
internal sealed class StateCalls(AppRuntime runtime)
{
    private const string ContentType = "contentType";
    private const string Json = "application/json";
    private const string Ttl = "ttlInSeconds";

    private readonly Dictionary<string, StateStoreEntry> _stores = StateStoreEntry.All(runtime);

    /// <summary>One value; an empty answer where there is none.</summary>
    public async Task<GetStateResponse> GetAsync(GetStateRequest request)
    {
        var store = Store(request.StoreName);
        var fullKey = FullKey(store, request.Key);
        IReadOnlyList<Components.StateItem> items;
        try
        {
            items = await store.ReadAsync([fullKey]);
        }
        // The edge: whatever a store throws becomes an answer.
        catch (Exception exception)
        {
            throw RichErrors.Of(StateErrors.Get(request.Key, store.Name, exception));
        }
        var answer = new GetStateResponse();
        if (items.Count > 0)
        {
            answer.Data = ByteString.CopyFrom(items[0].Value.Span);
            answer.Etag = items[0].ETag;
            SetExpiry(answer.Metadata, items[0]);
        }
        return answer;
    }

    /// <summary>Several values, in the order of the keys.</summary>
    public async Task<GetBulkStateResponse> GetBulkAsync(GetBulkStateRequest request)
    {
        var store = Store(request.StoreName);
        var answer = new GetBulkStateResponse();
        if (request.Keys.Count == 0)
        {
            return answer;
        }
        var fullKeys = request.Keys.Select(key => FullKey(store, key)).ToList();
        Dictionary<string, Components.StateItem> found;
        try
        {
            found = (await store.ReadAsync(fullKeys)).DistinctBy(static item => item.Key)
                .ToDictionary(static item => item.Key, StringComparer.Ordinal);
        }
        // The edge, as above. Dapr hands this error on as it is.
        catch (Exception exception)
        {
            throw new RpcException(new Status(StatusCode.Unknown, exception.Message));
        }
        for (var i = 0; i < fullKeys.Count; i++)
        {
            var item = new BulkStateItem { Key = request.Keys[i] };
            if (found.TryGetValue(fullKeys[i], out var value))
            {
                item.Data = ByteString.CopyFrom(value.Value.Span);
                item.Etag = value.ETag;
                SetExpiry(item.Metadata, value);
            }
            answer.Items.Add(item);
        }
        return answer;
    }

    /// <summary>Writes values, each for itself.</summary>
    public async Task<Empty> SaveAsync(SaveStateRequest request)
    {
        var store = Store(request.StoreName);
        var writes = new List<StateWrite>(request.States.Count);
        foreach (var item in request.States)
        {
            if (item.Key.Length == 0)
            {
                throw RichErrors.Of(StateErrors.NoKey);
            }
            var fullKey = FullKey(store, item.Key);
            CheckJson(item);
            if (!TryReadTtl(store, item, out var ttl, out var problem))
            {
                throw RichErrors.Of(StateErrors.Save(store.Name, 500, problem));
            }
            writes.Add(Upsert(fullKey, item, ttl));
        }
        if (writes.Count > 0 && await store.SaveAsync(writes) is { } refused)
        {
            throw RichErrors.Of(refused);
        }
        return new Empty();
    }

    /// <summary>Deletes one value.</summary>
    public async Task<Empty> DeleteAsync(DeleteStateRequest request)
    {
        var store = Store(request.StoreName);
        var write = Delete(FullKey(store, request.Key), request.Etag, request.Options);
        return await store.WriteAsync([write]) is { } failure
            ? throw RichErrors.Of(StateErrors.Delete(request.Key, failure))
            : new Empty();
    }

    /// <summary>Deletes values, each for itself.</summary>
    public async Task<Empty> DeleteBulkAsync(DeleteBulkStateRequest request)
    {
        var store = Store(request.StoreName);
        var writes = request.States.Select(item => Delete(FullKey(store, item.Key), item.Etag, item.Options)).ToList();
        var failures = writes.Count == 0 ? [] : await store.WriteEachAsync(writes);
        return failures.Count > 0 ? throw RichErrors.Of(StateErrors.BulkDelete(store.Name, failures)) : new Empty();
    }

    /// <summary>All operations or none.</summary>
    public async Task<Empty> TransactAsync(ExecuteStateTransactionRequest request)
    {
        var store = Store(request.StoreName);
        var writes = request.Operations.Select(operation => ToWrite(store, operation)).ToList();
        return writes.Count > 0 && await store.WriteAsync(writes) is { } failure
            ? throw RichErrors.Of(StateErrors.Transaction(failure.Message))
            : new Empty();
    }

    /// <summary>No store here can query; each says so in Dapr's words for it.</summary>
    public Task<QueryStateResponse> Query(QueryStateRequest request) =>
        throw RichErrors.Of(StateErrors.Query(Store(request.StoreName)));

    private static StateWrite ToWrite(StateStoreEntry store, TransactionalStateOperation operation)
    {
        var item = operation.Request ?? new SentItem();
        var fullKey = FullKey(store, item.Key);
        switch (operation.OperationType)
        {
            case "upsert":
                return TryReadTtl(store, item, out var ttl, out var problem)
                    ? Upsert(fullKey, item, ttl)
                    : throw RichErrors.Of(StateErrors.Transaction(problem));
            case "delete":
                return Delete(fullKey, item.Etag, item.Options);
            default:
                throw RichErrors.Of(StateErrors.UnknownOperation(operation.OperationType));
        }
    }

    private static StateWrite Upsert(string fullKey, SentItem item, int? ttl) =>
        new(fullKey, item.Value.ToByteArray(), ETagOf(item.Etag), IsFirstWrite(item.Options), ttl);

    private static StateWrite Delete(string fullKey, Etag? etag, StateOptions? options) =>
        new(fullKey, null, ETagOf(etag), IsFirstWrite(options), null);

    // An empty ETag counts as none.
    private static string? ETagOf(Etag? etag) => etag is { Value.Length: > 0 } ? etag.Value : null;

    private static bool IsFirstWrite(StateOptions? options) => options?.Concurrency == Concurrency.ConcurrencyFirstWrite;

    private static bool TryReadTtl(StateStoreEntry store, SentItem item, out int? ttl, out string problem) =>
        StateRequest.TryParseTtl(item.Metadata.GetValueOrDefault(Ttl), store.Store.TtlParser, out ttl, out problem);

    // The caller may say that the value is JSON, and then it must be. Dapr hands the parser's error on as it is.
    private static void CheckJson(SentItem item)
    {
        if (item.Metadata.GetValueOrDefault(ContentType) != Json)
        {
            return;
        }
        try
        {
            using var document = JsonDocument.Parse(item.Value.Memory, GoJson.Options);
        }
        catch (JsonException exception)
        {
            throw new RpcException(new Status(StatusCode.Unknown, GoJson.Describe(exception, item.Value.Span)));
        }
    }

    private static void SetExpiry(MapField<string, string> metadata, Components.StateItem item)
    {
        if (item.ExpiresAt is { } expiry)
        {
            metadata["ttlExpireTime"] = StateApi.Rfc3339(expiry);
        }
    }

    private static string FullKey(StateStoreEntry store, string key) =>
        store.FullKey(key) ?? throw RichErrors.Of(StateErrors.IllegalKey(store.Name, key, prefix: ""));

    private StateStoreEntry Store(string name) =>
        _stores.TryGetValue(name, out var store) ? store
        : throw RichErrors.Of(_stores.Count == 0 ? StateErrors.NotConfigured(name, appId: null) : StateErrors.NotFound(name, appId: null));
}

using System.Text.Json;
using Sidecar.Components;
using Sidecar.Http;

namespace Sidecar.State;

/// <content>Save and transaction.</content>
internal sealed partial class StateApi
{
    /// <summary>
    /// POST or PUT /v1.0/state/{store}. A malformed item refuses the whole request; after that each item is a write of its own, as in
    /// daprd: those whose ETag is stale fail, the others are stored.
    /// </summary>
    private async Task SaveAsync(HttpContext http, StateStoreEntry store)
    {
        List<StateWrite> writes = [];
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            if (ReadItems(body.Memory, store, QueryMetadata.Read(http.Request), writes) is { } error)
            {
                await Answers.Error(http, error);
                return;
            }
        }
        catch (BodyTooLargeException exception)
        {
            await Answers.Error(http, StateErrors.Malformed(exception.Message));
            return;
        }
        if (writes.Count == 1 || writes.TrueForAll(static write => write is { ETag: null, FirstWrite: false }))
        {
            // Nothing here can be refused on its own, so that one transaction does for all.
            var problem = await WriteAsync(store, writes);
            await (problem is null ? Answers.Empty(http) : Answers.Error(http, StateErrors.Save(store.Name, problem)));
            return;
        }
        // Queued in order, so that the last write of a key that occurs twice is the one that stays.
        var results = await Task.WhenAll(writes.Select(write => WriteAsync(store, [write])));
        await (SaveError(store, results) is { } refused ? Answers.Error(http, refused) : Answers.Empty(http));
    }

    private static ApiError? SaveError(StateStoreEntry store, Exception?[] results)
    {
        var failures = results.OfType<Exception>().ToList();
        if (failures.Count == 0)
        {
            return null;
        }
        // The worst one decides: a broken store, then a conflict, then a malformed ETag.
        var status = failures.Select(StateErrors.StatusOf).OrderBy(static code => code switch { 500 => 0, 409 => 1, _ => 2 }).First();
        var messages = string.Join('\n', failures.Select(static failure => failure.Message));
        return StateErrors.Save(store.Name, status, status == 409 ? $"{EtagMismatchException.Prefix}: {messages}" : messages);
    }

    private static ApiError? ReadItems(
        ReadOnlyMemory<byte> body, StateStoreEntry store, IReadOnlyDictionary<string, string> metadata, List<StateWrite> writes)
    {
        try
        {
            using var document = JsonDocument.Parse(body, GoJson.Options);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
            if (root.ValueKind != JsonValueKind.Array)
            {
                return StateErrors.Malformed(GoJson.Mismatch(root, "[]state.SetRequest"));
            }
            foreach (var item in root.EnumerateArray())
            {
                if (!StateRequest.TryRead(item, out var request, out var problem))
                {
                    return StateErrors.Malformed(problem);
                }
                if (store.FullKey(request.Key) is not { } fullKey)
                {
                    return StateErrors.IllegalKey(store.Name, request.Key);
                }
                if (request.ToWrite(fullKey, delete: false, metadata, store.Store.TtlParser, out problem) is not { } write)
                {
                    // 500 is daprd's status for these mistakes of the caller.
                    return StateErrors.Save(store.Name, 500, problem);
                }
                writes.Add(write);
            }
            return null;
        }
        catch (Exception exception) when (GoJson.IsMalformed(exception))
        {
            return StateErrors.Malformed(GoJson.Describe(exception, body.Span));
        }
    }

    /// <summary>POST or PUT /v1.0/state/{store}/transaction: all operations or none.</summary>
    private async Task TransactAsync(HttpContext http, StateStoreEntry store)
    {
        List<StateWrite> writes = [];
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            if (ReadOperations(body.Memory, store, QueryMetadata.Read(http.Request), writes) is { } error)
            {
                await Answers.Error(http, error);
                return;
            }
        }
        catch (BodyTooLargeException exception)
        {
            await Answers.Error(http, StateErrors.MalformedBody(exception.Message));
            return;
        }
        var problem = writes.Count == 0 ? null : await WriteAsync(store, writes);
        await (problem is null ? Answers.Empty(http) : Answers.Error(http, StateErrors.Transaction(problem.Message)));
    }

    // The request's own "metadata" (partitionKey and the like) says nothing to these stores; daprd too takes the TTL from the items
    // and the query only.
    private static ApiError? ReadOperations(
        ReadOnlyMemory<byte> body, StateStoreEntry store, IReadOnlyDictionary<string, string> metadata, List<StateWrite> writes)
    {
        try
        {
            using var document = JsonDocument.Parse(body, GoJson.Options);
            var root = document.RootElement;
            if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            {
                return StateErrors.MalformedBody(GoJson.Mismatch(root, "http.stateTransactionRequestBody"));
            }
            if (root.ValueKind == JsonValueKind.Null || !root.TryGetProperty("operations"u8, out var operations)
                || operations.ValueKind == JsonValueKind.Null)
            {
                return null;
            }
            if (operations.ValueKind != JsonValueKind.Array)
            {
                return StateErrors.MalformedBody(
                    GoJson.Mismatch(operations, "stateTransactionRequestBody.operations", "[]http.stateTransactionRequestBodyOperation"));
            }
            foreach (var operation in operations.EnumerateArray())
            {
                if (ReadOperation(operation, store, metadata, writes) is { } error)
                {
                    return error;
                }
            }
            return null;
        }
        catch (Exception exception) when (GoJson.IsMalformed(exception))
        {
            return StateErrors.MalformedBody(GoJson.Describe(exception, body.Span));
        }
    }

    private static ApiError? ReadOperation(
        JsonElement operation, StateStoreEntry store, IReadOnlyDictionary<string, string> metadata, List<StateWrite> writes)
    {
        if (operation.ValueKind != JsonValueKind.Object)
        {
            return StateErrors.MalformedBody(GoJson.Mismatch(operation, "http.stateTransactionRequestBodyOperation"));
        }
        var name = operation.TryGetProperty("operation"u8, out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : "";
        if (name is not ("upsert" or "delete"))
        {
            return StateErrors.UnknownOperation(name!);
        }
        var item = operation.TryGetProperty("request"u8, out var found) ? found : default;
        var problem = "\"key\" is a required field";
        if (item.ValueKind == JsonValueKind.Undefined || !StateRequest.TryRead(item, out var request, out problem))
        {
            return StateErrors.MalformedBody(problem);
        }
        if (store.FullKey(request.Key) is not { } fullKey)
        {
            return StateErrors.IllegalKey(store.Name, request.Key);
        }
        if (request.ToWrite(fullKey, name == "delete", metadata, store.Store.TtlParser, out problem) is not { } write)
        {
            return StateErrors.Transaction(problem);
        }
        writes.Add(write);
        return null;
    }
}

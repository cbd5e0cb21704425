using System.Text.Json;
using Sidecar.Components;
using Sidecar.Http;

namespace Sidecar.State;

/// <content>Save and transaction.</content>
internal sealed partial class StateApi
{
    /// <summary>
    /// POST or PUT /v1.0/state/{store}. A malformed item refuses the whole request; after that each item is a write of its own.
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
        await (await store.SaveAsync(writes) is { } refused ? Answers.Error(http, refused) : Answers.Empty(http));
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
        var problem = writes.Count == 0 ? null : await store.WriteAsync(writes);
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

using System.Net;
using System.Text.Json;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private const string StateOperation = "State";
    private const string StateRoot = "/v1.0/state";

    public override Task SaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        return SaveAsync(storeName, new StateItem<TValue>(key, value, null, stateOptions, metadata), cancellationToken);
    }

    public override Task<bool> TrySaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        return SaveAsync(storeName, new StateItem<TValue>(key, value, etag, stateOptions, metadata), cancellationToken);
    }

    public override Task SaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        var item = new StateItem<ReadOnlyMemory<byte>>(key, binaryValue, null, stateOptions, metadata, IsBytes: true);
        return SaveAsync(storeName, item, cancellationToken);
    }

    public override Task<bool> TrySaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        var item = new StateItem<ReadOnlyMemory<byte>>(key, binaryValue, etag, stateOptions, metadata, IsBytes: true);
        return SaveAsync(storeName, item, cancellationToken);
    }

    public override Task SaveBulkStateAsync<TValue>(
        string storeName, IReadOnlyList<SaveStateItem<TValue>> items, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0)
        {
            throw new ArgumentException("items do not contain any elements");
        }

        var content = BufferedContent.Write(_json, SidecarHeaders.Json, (items, _json), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (var item in state.items)
            {
                new StateItem<TValue>(item.Key, item.Value, item.ETag, item.StateOptions, item.Metadata)
                    .Write(writer, state._json);
            }

            writer.WriteEndArray();
        });
        return DoAsync(
            StateOperation, HttpMethod.Post, SidecarPath.Of(StateRoot, storeName), content, cancellationToken);
    }

    public override Task ExecuteStateTransactionAsync(
        string storeName,
        IReadOnlyList<StateTransactionRequest> operations,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Count == 0)
        {
            throw new ArgumentException($"{nameof(operations)} does not contain any elements");
        }

        var content = BufferedContent.Write(
            _json, SidecarHeaders.Json, (operations, metadata, _json), static (writer, state) =>
                WriteTransaction(writer, state.operations, state.metadata, state._json));
        return DoAsync(
            StateOperation,
            HttpMethod.Post,
            SidecarPath.Of(StateRoot, storeName, "transaction"),
            content,
            cancellationToken);
    }

    private static void WriteTransaction(
        Utf8JsonWriter writer,
        IReadOnlyList<StateTransactionRequest> operations,
        IReadOnlyDictionary<string, string>? metadata,
        JsonSerializerOptions json)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("operations"u8);
        foreach (var operation in operations)
        {
            writer.WriteStartObject();
            writer.WriteString("operation"u8, operation.OperationType switch
            {
                StateOperationType.Upsert => "upsert",
                StateOperationType.Delete => "delete",
                _ => string.Empty,
            });
            writer.WritePropertyName("request"u8);
            new StateItem<byte[]?>(
                operation.Key, operation.Value, operation.ETag, operation.Options, operation.Metadata, IsBytes: true)
                .Write(writer, json);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteMetadata(writer, metadata);
        writer.WriteEndObject();
    }

    private async Task<bool> SaveAsync<TValue>(
        string storeName, StateItem<TValue> item, CancellationToken cancellationToken)
    {
        var content = BufferedContent.Write(_json, SidecarHeaders.Json, (item, _json), static (writer, state) =>
        {
            writer.WriteStartArray();
            state.item.Write(writer, state._json);
            writer.WriteEndArray();
        });
        using var response = await _channel.SendAnyAsync(
            StateOperation,
            _channel.Request(HttpMethod.Post, SidecarPath.Of(StateRoot, storeName), content),
            cancellationToken);
        return await SucceededAsync(response, item.ETag, cancellationToken);
    }

    /// <summary>False for a stale ETag (409), where one was given.</summary>
    private static async Task<bool> SucceededAsync(
        HttpResponseMessage response, string? etag, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return true;
        }

        return etag is not null && response.StatusCode == HttpStatusCode.Conflict
            ? false
            : throw await SidecarChannel.ErrorAsync(StateOperation, response, cancellationToken);
    }

    private static void CheckKey(string storeName, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(key);
    }
}

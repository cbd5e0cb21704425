using System.Text.Json;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    public override async Task<TValue> GetStateAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var (stored, _) = await GetAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return Read<TValue>(StateOperation, stored);
    }

    public override async Task<(TValue value, string etag)> GetStateAndETagAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var (stored, etag) = await GetAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return (Read<TValue>(StateOperation, stored), etag);
    }

    public override async Task<ReadOnlyMemory<byte>> GetByteStateAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var (stored, _) = await GetAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return JsonBytes.Read(stored);
    }

    public override async Task<(ReadOnlyMemory<byte>, string etag)> GetByteStateAndETagAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var (stored, etag) = await GetAsync(storeName, key, consistencyMode, metadata, cancellationToken);
        return (JsonBytes.Read(stored), etag);
    }

    public override Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        GetBulkAsync(
            storeName,
            keys,
            parallelism,
            metadata,
            static (item, _) => new BulkStateItem(
                item.Key, item.HasData ? item.Data.GetRawText() : string.Empty, item.ETag ?? string.Empty),
            cancellationToken);

    public override Task<IReadOnlyList<BulkStateItem<TValue>>> GetBulkStateAsync<TValue>(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        GetBulkAsync(
            storeName,
            keys,
            parallelism,
            metadata,
            static (item, json) => new BulkStateItem<TValue>(
                item.Key, item.HasData ? item.Data.Deserialize<TValue>(json)! : default!, item.ETag ?? string.Empty),
            cancellationToken);

    private async Task<(byte[] Stored, string ETag)> GetAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode,
        IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        CheckKey(storeName, key);
        var path = SidecarPath.WithQuery(
            SidecarPath.Of(StateRoot, storeName, key),
            metadata,
            ("consistency", consistencyMode is { } mode ? StateWords.Of(mode) : null));
        using var response = await _channel.SendAsync(
            StateOperation, _channel.Request(HttpMethod.Get, path), cancellationToken);

        // Dapr's ETags carry no quotes, which the typed header would refuse.
        var etag = response.Headers.NonValidated.TryGetValues("ETag", out var values)
            ? values.ToString()
            : string.Empty;
        return (await response.Content.ReadAsByteArrayAsync(cancellationToken), etag);
    }

    private async Task<IReadOnlyList<TItem>> GetBulkAsync<TItem>(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata,
        Func<StoredItem, JsonSerializerOptions, TItem> convert,
        CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
        {
            throw new ArgumentException("keys do not contain any elements");
        }

        var content = BufferedContent.OfJson(
            new BulkGetBody(keys, parallelism ?? 0), JsonSerializerOptions.Web, SidecarHeaders.Json);
        var path = SidecarPath.WithQuery(SidecarPath.Of(StateRoot, storeName, "bulk"), metadata);
        using var response = await _channel.SendAsync(
            StateOperation, _channel.Request(HttpMethod.Post, path, content), cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            var items = body.Length == 0
                ? []
                : JsonSerializer.Deserialize<StoredItem[]>(body, JsonSerializerOptions.Web) ?? [];
            return [.. items.Select(item => convert(item.Checked(), _json))];
        }
        catch (JsonException unreadable)
        {
            throw new DaprException(
                $"{StateOperation} operation failed: the payload could not be read ({unreadable.Message}).",
                unreadable);
        }
    }

    private sealed record BulkGetBody(IReadOnlyList<string> Keys, int Parallelism);

    /// <summary>One answer of a bulk read; a missing key has neither data nor ETag.</summary>
    private sealed record StoredItem(string Key, JsonElement Data, string? ETag, string? Error)
    {
        public bool HasData => Data.ValueKind != JsonValueKind.Undefined;

        /// <summary>A value that could not be read must not pass for one that is missing.</summary>
        public StoredItem Checked() => string.IsNullOrEmpty(Error)
            ? this
            : throw new DaprException($"{StateOperation} operation failed for key '{Key}': {Error}");
    }
}

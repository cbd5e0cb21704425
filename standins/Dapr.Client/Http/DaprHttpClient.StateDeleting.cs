namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    public override Task DeleteStateAsync(
        string storeName,
        string key,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        return DeleteAsync(storeName, key, etag: null, stateOptions, metadata, cancellationToken);
    }

    public override Task<bool> TryDeleteStateAsync(
        string storeName,
        string key,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckKey(storeName, key);
        ArgumentNullException.ThrowIfNull(etag);
        return DeleteAsync(storeName, key, etag, stateOptions, metadata, cancellationToken);
    }

    public override async Task DeleteBulkStateAsync(
        string storeName, IReadOnlyList<BulkDeleteStateItem> items, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items)
        {
            var deleted = await DeleteAsync(
                storeName, item.Key, item.ETag, item.StateOptions, item.Metadata, cancellationToken);
            if (!deleted)
            {
                throw new DaprException(
                    $"{StateOperation} operation failed: key '{item.Key}' no longer has the ETag '{item.ETag}'.");
            }
        }
    }

    private async Task<bool> DeleteAsync(
        string storeName,
        string key,
        string? etag,
        StateOptions? options,
        IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var path = SidecarPath.WithQuery(
            SidecarPath.Of(StateRoot, storeName, key),
            metadata,
            ("concurrency", options?.Concurrency is { } concurrency ? StateWords.Of(concurrency) : null),
            ("consistency", options?.Consistency is { } consistency ? StateWords.Of(consistency) : null));
        var request = _channel.Request(HttpMethod.Delete, path);
        if (!string.IsNullOrEmpty(etag))
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        using var response = await _channel.SendAnyAsync(StateOperation, request, cancellationToken);
        return await SucceededAsync(response, etag, cancellationToken);
    }
}

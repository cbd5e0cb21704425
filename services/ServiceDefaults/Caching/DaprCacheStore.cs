using System.Globalization;
using System.Text.Json;
using Consistency.Caching;
using Dapr.Client;

namespace ServiceDefaults.Caching;

/// <summary>The cache's entries in a Dapr state store, each as one JSON text.</summary>
internal sealed class DaprCacheStore(DaprClient dapr) : ICacheStore
{
    /// <summary>Name of the component.</summary>
    public const string Component = "cache";

    private static readonly StateOptions FirstWriterWins = new() { Concurrency = ConcurrencyMode.FirstWrite };

    public async Task<StoredText?> GetAsync(string key, CancellationToken cancellationToken)
    {
        // As bytes: what is no text at all is somebody else's entry, and no failure of the store.
        var (value, etag) = await dapr.GetByteStateAndETagAsync(Component, key, cancellationToken: cancellationToken);
        return value.IsEmpty ? null : new StoredText(Read(value.Span), etag);
    }

    public Task<bool> TrySetAsync(string key, string text, string? etag, TimeSpan keep, CancellationToken cancellationToken) =>
        dapr.TrySaveStateAsync(
            Component, key, text, etag ?? "", FirstWriterWins,
            new Dictionary<string, string>
            {
                ["ttlInSeconds"] = Math.Max(1, (long)Math.Ceiling(keep.TotalSeconds)).ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        dapr.DeleteStateAsync(Component, key, cancellationToken: cancellationToken);

    private static string Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(json) ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}

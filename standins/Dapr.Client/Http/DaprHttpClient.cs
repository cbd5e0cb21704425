using System.Text.Json;

namespace Dapr.Client.Http;

/// <summary>A <see cref="DaprClient"/> that speaks Dapr's public HTTP API.</summary>
/// <remarks>
/// The API: https://docs.dapr.io/reference/api/. The official package does the same over gRPC for most calls.
/// </remarks>
internal sealed partial class DaprHttpClient : DaprClient
{
    private readonly SidecarChannel _channel;
    private readonly JsonSerializerOptions _json;

    public DaprHttpClient(SidecarChannel channel, JsonSerializerOptions json)
    {
        _channel = channel;
        _channel.Client.DefaultRequestHeaders.UserAgent.Add(UserAgent());
        _json = json;
    }

    public override JsonSerializerOptions JsonSerializerOptions => _json;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _channel.Dispose();
        }
    }

    private async Task DoAsync(
        string operation,
        HttpMethod method,
        string pathAndQuery,
        HttpContent? content,
        CancellationToken cancellationToken)
    {
        using var response = await _channel.SendAsync(
            operation, _channel.Request(method, pathAndQuery, content), cancellationToken);
    }

    /// <summary>Reads an answer as JSON; nothing at all is the type's default.</summary>
    private T Read<T>(string operation, ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? default! : JsonSerializer.Deserialize<T>(json, _json)!;
        }
        catch (JsonException unreadable)
        {
            throw new DaprException(
                $"{operation} operation failed: the payload could not be read as {typeof(T)} ({unreadable.Message}).",
                unreadable);
        }
    }

    internal static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not { Count: > 0 })
        {
            return;
        }

        writer.WriteStartObject("metadata"u8);
        foreach (var (name, value) in metadata)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}

using System.Text;
using System.Text.Json;
using Sidecar.PubSub.Envelopes;

namespace Sidecar.PubSub;

/// <summary>An entry of a bulk publish.</summary>
/// <param name="EntryId">The caller's id for it; empty where it is missing, which is an error.</param>
/// <param name="Event">The payload in the form of its content type.</param>
/// <param name="ContentType">Its content type.</param>
/// <param name="Metadata">Its own metadata over the request's; empty where it has none of its own, as daprd
/// does.</param>
/// <param name="Error">Why the event does not fit its content type, or null.</param>
public sealed record BulkEntry(
    string EntryId, byte[] Event, string ContentType, IReadOnlyDictionary<string, string> Metadata, string? Error);

/// <summary>
/// Reads the body of a bulk publish. Source: Dapr docs, "Publish multiple messages to a given topic".
/// </summary>
internal static class BulkPublishBody
{
    private const string Mismatch = "error: mismatch between contentType and event";
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>Reads <c>[{"entryId","event","contentType","metadata"}]</c>.</summary>
    /// <exception cref="JsonException">It is not that; the message is Go's.</exception>
    public static List<BulkEntry> Parse(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> requestMetadata)
    {
        using var document = GoJson.Parse(Envelope.Utf8(body));
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
        {
            return [];
        }
        if (root.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException(GoJsonErrors.WrongKind(root, "[]http.bulkPublishMessageEntry"));
        }
        var entries = new List<BulkEntry>(root.GetArrayLength());
        try
        {
            foreach (var item in root.EnumerateArray())
            {
                entries.Add(ParseEntry(item, requestMetadata));
            }
        }
        // Half a surrogate pair in an escape, which is not text.
        catch (InvalidOperationException exception)
        {
            throw new JsonException("json: invalid escape in string", exception);
        }
        return entries;
    }

    private static BulkEntry ParseEntry(JsonElement item, IReadOnlyDictionary<string, string> requestMetadata)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException(GoJsonErrors.WrongKind(item, "http.bulkPublishMessageEntry"));
        }
        string entryId = "", contentType = "";
        JsonElement? payload = null;
        var metadata = NoMetadata;
        foreach (var property in item.EnumerateObject())
        {
            // Go matches field names without case.
            switch (property.Name.ToUpperInvariant())
            {
                case "ENTRYID":
                    entryId = Text(property, "entryId");
                    break;
                case "CONTENTTYPE":
                    contentType = Text(property, "contentType");
                    break;
                case "EVENT":
                    payload = property.Value;
                    break;
                case "METADATA" when property.Value.ValueKind != JsonValueKind.Null:
                    metadata = ParseMetadata(property, requestMetadata);
                    break;
            }
        }
        var bytes = ToBytes(payload, contentType, out var error);
        return new BulkEntry(entryId, bytes, contentType, metadata, error);
    }

    private static Dictionary<string, string> ParseMetadata(
        JsonProperty property, IReadOnlyDictionary<string, string> requestMetadata)
    {
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(property.Value, "metadata", "map[string]string");
        }
        var metadata = new Dictionary<string, string>(requestMetadata, StringComparer.Ordinal);
        foreach (var pair in property.Value.EnumerateObject())
        {
            metadata[pair.Name] = Text(pair, "metadata");
        }
        return metadata;
    }

    private static string Text(JsonProperty property, string field) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString()!,
        JsonValueKind.Null => "",
        _ => throw Wrong(property.Value, field, "string"),
    };

    private static JsonException Wrong(JsonElement value, string field, string type) => new(
        $"json: cannot unmarshal {GoJsonErrors.KindOf(value.ValueKind)} into Go struct field "
        + $"bulkPublishMessageEntry.{field} of type {type}");

    private static byte[] ToBytes(JsonElement? payload, string contentType, out string? error)
    {
        error = null;
        var kind = payload?.ValueKind ?? JsonValueKind.Null;
        if (ContentTypes.IsBinary(contentType) && kind == JsonValueKind.String)
        {
            if (payload!.Value.TryGetBytesFromBase64(out var bytes))
            {
                return bytes;
            }
            // With daprd's spelling.
            error = "error: unable to decode base64 application/octect-stream data: illegal base64 data";
            return [];
        }
        if (ContentTypes.IsText(contentType) && kind == JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(payload!.Value.GetString()!);
        }
        if (ContentTypes.IsJson(contentType) || ContentTypes.IsCloudEvent(contentType))
        {
            using var buffer = new PooledBuffer();
            if (payload is { } element)
            {
                GoJson.Write(buffer, element);
            }
            else
            {
                buffer.Add("null"u8);
            }
            return buffer.Written.ToArray();
        }
        error = Mismatch;
        return [];
    }
}

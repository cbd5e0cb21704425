using System.Text.Json;
using Sidecar.Components.Redis;

namespace Sidecar.Components.PubSubRedis;

/// <summary>An entry of a stream as Dapr writes it: the fields <c>data</c> and, where there is any, <c>metadata</c> as JSON.</summary>
/// <param name="Id">The server's id, <c>milliseconds-number</c>.</param>
/// <param name="Data">What was published.</param>
/// <param name="Metadata">What was published with it.</param>
internal sealed record StreamEntry(string Id, ReadOnlyMemory<byte> Data, IReadOnlyDictionary<string, string> Metadata)
{
    private const string DataField = "data";
    private const string MetadataField = "metadata";
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>The command that adds a message, trimming the stream as the options say.</summary>
    public static RedisArgument[] Add(NewMessage message, StreamOptions options, DateTimeOffset now)
    {
        RedisArgument[] trim =
            options.MaxLength is { } length ? ["MAXLEN", "~", length]
            : options.StreamTtl is { } ttl ? ["MINID", "~", $"{Math.Max(0, (now - ttl).ToUnixTimeMilliseconds())}-1"]
            : [];
        RedisArgument[] metadata = message.Metadata.Count == 0 ? [] : [MetadataField, Json(message.Metadata)];
        return ["XADD", message.Topic, .. trim, "*", DataField, message.Data, .. metadata];
    }

    /// <summary>
    /// Reads an entry; null where it was deleted meanwhile. Fields that are missing are empty, as in Dapr, and so is metadata that is no JSON.
    /// </summary>
    /// <exception cref="RespFormatException">It is no entry.</exception>
    public static StreamEntry? Read(in RespValue value)
    {
        var parts = value.Array;
        if (parts.Length < 2 || parts[1].IsNull)
        {
            return null;
        }
        var fields = parts[1].Array;
        var data = ReadOnlyMemory<byte>.Empty;
        IReadOnlyDictionary<string, string> metadata = NoMetadata;
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            if (fields[i].Bytes.Span.SequenceEqual("data"u8))
            {
                data = fields[i + 1].Bytes;
            }
            else if (fields[i].Bytes.Span.SequenceEqual("metadata"u8))
            {
                metadata = MetadataOf(fields[i + 1].Bytes);
            }
        }
        return new StreamEntry(parts[0].Text, data, metadata);
    }

    private static IReadOnlyDictionary<string, string> MetadataOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(json.Span) ?? NoMetadata;
        }
        catch (JsonException)
        {
            return NoMetadata;
        }
    }

    // In the order of names, as Go writes maps.
    private static ReadOnlyMemory<byte> Json(IReadOnlyDictionary<string, string> metadata) =>
        JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal));
}

using System.Text.Json;
using System.Text.Unicode;

namespace Dapr.Client.Http;

/// <summary>
/// How bytes travel through an API that carries JSON only: JSON as itself, anything else as a JSON text holding a data
/// URI (RFC 2397), so that reading can tell the two apart.
/// </summary>
internal static class JsonBytes
{
    private const string DataUriPrefix = "data:application/octet-stream;base64,";

    /// <summary>Whether the bytes are exactly one JSON value in UTF-8.</summary>
    public static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        // The reader does not look into texts, where bytes that are no UTF-8 may hide.
        if (bytes.IsEmpty || !Utf8.IsValid(bytes))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes the bytes as one JSON value.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        // A JSON text that looks like a data URI is wrapped as well: reading would take it for bytes.
        if (IsJson(bytes) && !TryReadDataUri(bytes, out _))
        {
            writer.WriteRawValue(bytes, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(DataUriPrefix + Convert.ToBase64String(bytes));
        }
    }

    /// <summary>Undoes <see cref="Write"/>.</summary>
    public static ReadOnlyMemory<byte> Read(byte[] stored) =>
        TryReadDataUri(stored, out var bytes) ? bytes : stored;

    private static bool TryReadDataUri(ReadOnlySpan<byte> json, out byte[] bytes)
    {
        bytes = [];
        if (json.Length < DataUriPrefix.Length + 2 || json[0] != (byte)'"')
        {
            return false;
        }

        try
        {
            var text = JsonSerializer.Deserialize<string>(json)!;
            if (!text.StartsWith(DataUriPrefix, StringComparison.Ordinal))
            {
                return false;
            }

            bytes = Convert.FromBase64String(text[DataUriPrefix.Length..]);
            return true;
        }
        catch (Exception notOurs) when (notOurs is JsonException or FormatException)
        {
            return false;
        }
    }
}

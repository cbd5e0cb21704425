using System.Text.Json;

namespace Sidecar.PubSub.Envelopes;

/// <summary>
/// The words in which Go's encoding/json refuses a document, because daprd passes them on to callers.
/// </summary>
internal static class GoJsonErrors
{
    /// <summary>Why these bytes are not JSON.</summary>
    public static string Describe(ReadOnlySpan<byte> json, JsonException exception)
    {
        if (exception.Message.StartsWith("json: ", StringComparison.Ordinal))
        {
            return exception.Message; // our own words for a wrong kind
        }
        if (json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return "EOF";
        }
        if (IsTruncated(json))
        {
            return "unexpected EOF";
        }
        return $"invalid character {Quote(CharacterAt(json, exception))} {Where(exception)}";
    }

    /// <summary>A value of another kind than expected.</summary>
    public static string WrongKind(JsonElement element, string goType) =>
        $"json: cannot unmarshal {KindOf(element.ValueKind)} into Go value of type {goType}";

    /// <summary>The kind's name in Go's words.</summary>
    public static string KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "null",
    };

    // With more to come, the reader stops without an error exactly where the document is cut off.
    private static bool IsTruncated(ReadOnlySpan<byte> json)
    {
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = GoJson.DepthMax });
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state);
        try
        {
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

    private static byte CharacterAt(ReadOnlySpan<byte> json, JsonException exception)
    {
        var lines = exception.LineNumber ?? 0;
        var at = 0;
        for (; lines > 0 && json[at..].IndexOf((byte)'\n') is >= 0 and var next; lines--)
        {
            at += next + 1;
        }
        at += (int)(exception.BytePositionInLine ?? 0);
        return json[Math.Clamp(at, 0, json.Length - 1)];
    }

    private static string Quote(byte character) => character switch
    {
        (byte)'\'' => "'\\''",
        < 0x20 or > 0x7e => $"'\\x{character:x2}'",
        _ => $"'{(char)character}'",
    };

    private static string Where(JsonException exception) =>
        exception.Message.Contains("property name", StringComparison.Ordinal)
            || exception.Message.Contains("start of a property", StringComparison.Ordinal)
            ? "looking for beginning of object key string"
            : "looking for beginning of value";
}

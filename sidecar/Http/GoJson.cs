using System.Text.Json;

namespace Sidecar.Http;

/// <summary>
/// Daprd's words for malformed JSON (those of Go's encoding/json, recorded from a real daprd), so that people find the same message here.
/// </summary>
internal static class GoJson
{
    /// <summary>Deeper than any sensible value; .NET's default of 64 is not.</summary>
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = 1000 };

    /// <summary>
    /// True for what reading a malformed text throws: also half a surrogate pair and invalid UTF-8, which come to light only when a
    /// string is taken out.
    /// </summary>
    public static bool IsMalformed(Exception exception) => exception is JsonException or InvalidOperationException;

    /// <summary>What daprd would say about a body that does not parse.</summary>
    public static string Describe(Exception malformed, ReadOnlySpan<byte> body)
    {
        if (malformed is not JsonException exception)
        {
            return "invalid text in string literal";
        }
        if (body.IsEmpty)
        {
            return "EOF";
        }
        var at = Offset(exception, body);
        if (at >= body.Length)
        {
            return "unexpected EOF";
        }
        var context = exception.Message.Contains("start of a property name") ? "looking for beginning of object key string"
            : exception.Message.Contains("start of a value") ? "looking for beginning of value"
            : "in JSON text";
        return $"invalid character '{(char)body[at]}' {context}";
    }

    /// <summary>What daprd would say about a value of the wrong kind.</summary>
    public static string Mismatch(JsonElement found, string wantedType) => $"json: cannot unmarshal {Name(found.ValueKind)} into Go value of type {wantedType}";

    /// <summary>What daprd would say about a member of the wrong kind.</summary>
    public static string Mismatch(JsonElement found, string field, string wantedType) =>
        $"json: cannot unmarshal {Name(found.ValueKind)} into Go struct field {field} of type {wantedType}";

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "null",
    };

    private static int Offset(JsonException exception, ReadOnlySpan<byte> body)
    {
        var at = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            at += body[at..].IndexOf((byte)'\n') + 1;
        }
        return at + (int)(exception.BytePositionInLine ?? 0);
    }
}

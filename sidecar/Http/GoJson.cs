using System.Text.Json;
using Sidecar.PubSub.Envelopes;

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
        return GoJsonErrors.Describe(body, exception);
    }

    /// <summary>What daprd would say about a value of the wrong kind.</summary>
    public static string Mismatch(JsonElement found, string wantedType) => GoJsonErrors.WrongKind(found, wantedType);

    /// <summary>What daprd would say about a member of the wrong kind.</summary>
    public static string Mismatch(JsonElement found, string field, string wantedType) =>
        $"json: cannot unmarshal {GoJsonErrors.KindOf(found.ValueKind)} into Go struct field {field} of type {wantedType}";
}

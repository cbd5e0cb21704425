using System.Runtime.InteropServices;
using System.Text.Json;
using Sidecar.Components;
using Sidecar.Http;

namespace Sidecar.State;

/// <summary>One item of a save, or one operation of a transaction, as sent, with its key not yet prefixed.</summary>
internal readonly ref struct StateRequest
{
    private const string FirstWrite = "first-write";
    private static readonly byte[] NullValue = "null"u8.ToArray();

    private readonly JsonElement _item;

    private StateRequest(JsonElement item, string key)
    {
        _item = item;
        Key = key;
    }

    /// <summary>The caller's key; not empty.</summary>
    public string Key { get; }

    /// <summary>Reads the key and checks the kinds of the members; the problem is in daprd's words.</summary>
    public static bool TryRead(JsonElement item, out StateRequest request, out string problem)
    {
        request = default;
        problem = "";
        if (item.ValueKind != JsonValueKind.Object)
        {
            problem = GoJson.Mismatch(item, "state.SetRequest");
            return false;
        }
        foreach (var (name, path) in (ReadOnlySpan<(string, string)>)[("key", "SetRequest.key"), ("etag", "SetRequest.etag")])
        {
            if (item.TryGetProperty(name, out var text) && text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                problem = GoJson.Mismatch(text, path, "string");
                return false;
            }
        }
        var key = Text(item, "key"u8);
        if (string.IsNullOrEmpty(key))
        {
            problem = "\"key\" is a required field";
            return false;
        }
        request = new StateRequest(item, key);
        return MembersAreWellFormed(item, ref problem);
    }

    /// <summary>
    /// The write that was asked for. The value is the JSON text byte for byte; a missing one is <c>null</c>. Query metadata
    /// replaces the item's own, as in daprd.
    /// </summary>
    /// <returns>Null with the problem, in daprd's words.</returns>
    public StateWrite? ToWrite(
        string fullKey, bool delete, IReadOnlyDictionary<string, string> queryMetadata, string ttlParser, out string problem)
    {
        var options = _item.TryGetProperty("options"u8, out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        var concurrency = options.ValueKind == JsonValueKind.Object ? Text(options, "concurrency"u8) : null;
        var consistency = options.ValueKind == JsonValueKind.Object ? Text(options, "consistency"u8) : null;
        if (!OptionsAreKnown(concurrency, consistency, out problem))
        {
            return null;
        }
        int? ttl = null;
        if (!delete && !TryParseTtl(TtlText(queryMetadata), ttlParser, out ttl, out problem))
        {
            return null;
        }
        // Written out: in a conditional expression the null would become an array's, and that an empty value instead of none.
        ReadOnlyMemory<byte>? value = null;
        if (!delete)
        {
            value = _item.TryGetProperty("value"u8, out var json) ? JsonMarshal.GetRawUtf8Value(json).ToArray() : NullValue;
        }
        // An empty ETag counts as none.
        var etag = Text(_item, "etag"u8) is { Length: > 0 } text ? text : null;
        return new StateWrite(fullKey, value, etag, concurrency == FirstWrite, ttl);
    }

    /// <summary>True for Dapr's names of the two options, and for none.</summary>
    public static bool OptionsAreKnown(string? concurrency, string? consistency, out string problem)
    {
        problem = consistency is not (null or "" or "strong" or "eventual") ? $"unrecognized consistency model '{consistency}'"
            : concurrency is not (null or "" or FirstWrite or "last-write") ? $"unrecognized concurrency model '{concurrency}'"
            : "";
        return problem.Length == 0;
    }

    /// <summary>Reads <c>ttlInSeconds</c>; 0 and negative values mean no expiry, and become 0. The problem is in daprd's words.</summary>
    /// <param name="text">What the caller wrote; null for nothing.</param>
    /// <param name="parser">How the problem begins: <see cref="Components.IStateStore.TtlParser"/>.</param>
    /// <param name="ttl">Seconds; null where nothing was said.</param>
    /// <param name="problem">What is wrong.</param>
    public static bool TryParseTtl(string? text, string parser, out int? ttl, out string problem)
    {
        ttl = null;
        problem = "";
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }
        if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out var seconds) || seconds > int.MaxValue)
        {
            var number = text.AsSpan().TrimStart("+-");
            var digits = !number.IsEmpty && !number.ContainsAnyExceptInRange('0', '9');
            problem = $"{parser}: parsing \"{text}\": {(digits ? "value out of range" : "invalid syntax")}";
            return false;
        }
        ttl = (int)Math.Max(0, seconds);
        return true;
    }

    private string? TtlText(IReadOnlyDictionary<string, string> queryMetadata) =>
        queryMetadata.TryGetValue("ttlInSeconds", out var text) ? text
        : _item.TryGetProperty("metadata"u8, out var metadata) && metadata.ValueKind == JsonValueKind.Object ? Text(metadata, "ttlInSeconds"u8)
        : null;

    private static bool MembersAreWellFormed(JsonElement item, ref string problem)
    {
        if (item.TryGetProperty("options"u8, out var options) && options.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            problem = GoJson.Mismatch(options, "SetRequest.options", "state.SetStateOption");
            return false;
        }
        if (!item.TryGetProperty("metadata"u8, out var metadata) || metadata.ValueKind == JsonValueKind.Null)
        {
            return true;
        }
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            problem = GoJson.Mismatch(metadata, "SetRequest.metadata", "map[string]string");
            return false;
        }
        foreach (var value in metadata.EnumerateObject())
        {
            if (value.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                problem = GoJson.Mismatch(value.Value, "SetRequest.metadata", "string");
                return false;
            }
        }
        return true;
    }

    private static string? Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;
}

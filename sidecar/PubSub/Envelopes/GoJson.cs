using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sidecar.PubSub.Envelopes;

/// <summary>
/// Writes parsed JSON again as Go does with a map: keys sorted, the last of equal keys wins, no spaces, numbers as
/// they were written, strings by <see cref="GoStrings"/>.
/// </summary>
internal static class GoJson
{
    /// <summary>Deeper documents are refused as malformed; the recursion below follows the depth.</summary>
    public const int DepthMax = 256;

    /// <summary>
    /// Orders by name, byte for byte as Go; of equal names the later one first, so that the others can be skipped.
    /// </summary>
    private static readonly Comparison<JsonProperty> ByName = static (a, b) => NameOf(a).SequenceCompareTo(NameOf(b));

    /// <summary>
    /// Parses the first JSON value in <paramref name="json"/>; whatever follows it is ignored, as Go's decoder does.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        var reader =
            new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = DepthMax, AllowMultipleValues = true });
        return JsonDocument.ParseValue(ref reader);
    }

    /// <summary>Writes a value.</summary>
    public static void Write(PooledBuffer to, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(to, element);
                break;
            case JsonValueKind.Array:
                WriteArray(to, element);
                break;
            case JsonValueKind.String:
                GoStrings.WriteJson(to, JsonMarshal.GetRawUtf8Value(element)[1..^1]);
                break;
            default:
                to.Add(JsonMarshal.GetRawUtf8Value(element));
                break;
        }
    }

    /// <summary>A property's name as it stands in the document; unescaped where it holds escapes, as <see cref="GoStrings.Unescape"/> does.</summary>
    public static ReadOnlySpan<byte> NameOf(JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        return raw.Contains((byte)'\\') ? GoStrings.Unescape(raw) : raw;
    }

    private static void WriteObject(PooledBuffer to, JsonElement element)
    {
        var count = element.GetPropertyCount();
        var properties = ArrayPool<JsonProperty>.Shared.Rent(count);
        var at = 0;
        foreach (var property in element.EnumerateObject())
        {
            properties[at++] = property;
        }
        // Stable for equal names is not needed where they are already in order, which is what our own publishers send.
        var span = properties.AsSpan(0, count);
        SortStable(span);
        to.Add((byte)'{');
        var first = true;
        for (var i = 0; i < span.Length; i++)
        {
            if (i + 1 < span.Length && NameOf(span[i]).SequenceEqual(NameOf(span[i + 1])))
            {
                continue; // a later one with this name follows
            }
            if (!first)
            {
                to.Add((byte)',');
            }
            first = false;
            GoStrings.WriteText(to, NameOf(span[i]));
            to.Add((byte)':');
            Write(to, span[i].Value);
        }
        to.Add((byte)'}');
        ArrayPool<JsonProperty>.Shared.Return(properties, clearArray: true);
    }

    private static void WriteArray(PooledBuffer to, JsonElement element)
    {
        to.Add((byte)'[');
        var first = true;
        foreach (var item in element.EnumerateArray())
        {
            if (!first)
            {
                to.Add((byte)',');
            }
            first = false;
            Write(to, item);
        }
        to.Add((byte)']');
    }

    // Insertion sort for the few properties of usual objects (stable, no garbage); a stable library sort for large
    // ones.
    private static void SortStable(Span<JsonProperty> properties)
    {
        const int Few = 32;
        if (properties.Length > Few)
        {
            properties.ToArray().Order(Comparer<JsonProperty>.Create(ByName)).ToArray().CopyTo(properties);
            return;
        }
        for (var i = 1; i < properties.Length; i++)
        {
            var property = properties[i];
            var j = i - 1;
            for (; j >= 0 && ByName(properties[j], property) > 0; j--)
            {
                properties[j + 1] = properties[j];
            }
            properties[j + 1] = property;
        }
    }
}

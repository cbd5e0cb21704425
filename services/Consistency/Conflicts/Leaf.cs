using System.Text.Json;

namespace Consistency.Conflicts;

/// <summary>
/// A register's value as canonical JSON: text, a whole number, true, false, null, or an object of these. Equal values have equal texts,
/// whichever way they came (brokers rewrite JSON).
/// </summary>
/// <param name="Json">JSON; members of an object are sorted, and null ones left out.</param>
public readonly record struct Leaf(string Json)
{
    /// <summary>No value.</summary>
    public static Leaf Null { get; } = new("null");

    /// <summary>True if there is no value.</summary>
    public bool IsNull => Json == "null";

    /// <summary>A text.</summary>
    public static Leaf Of(string value) => new(JsonSerializer.Serialize(value));

    /// <summary>A whole number.</summary>
    public static Leaf Of(long value) => new(JsonSerializer.Serialize(value));

    /// <summary>An object; none where no member has a value.</summary>
    public static Leaf Of(IEnumerable<KeyValuePair<string, Leaf>> members)
    {
        var known = members.Where(m => !m.Value.IsNull).OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => $"{JsonSerializer.Serialize(m.Key)}:{m.Value.Json}").ToList();
        return known.Count == 0 ? Null : new Leaf($"{{{string.Join(',', known)}}}");
    }

    /// <summary>Reads any JSON value.</summary>
    /// <exception cref="JsonException">It is none of those that a register holds.</exception>
    public static Leaf Read(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? Of(value.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, ReadScalar(m.Value))))
        : ReadScalar(value);

    /// <summary>The value for JSON answers.</summary>
    public JsonElement ToElement() => JsonElement.Parse(Json);

    /// <summary>A member of an object; null where there is none.</summary>
    public Leaf Member(string name) =>
        Json[0] == '{' && ToElement().TryGetProperty(name, out var member) ? ReadScalar(member) : Null;

    /// <summary>The text, or null where it is none.</summary>
    public string? AsText() => Json[0] == '"' ? ToElement().GetString() : null;

    /// <summary>The number, or null where it is none.</summary>
    public long? AsNumber() => long.TryParse(Json, out var number) ? number : null;

    /// <inheritdoc/>
    public override string ToString() => Json;

    private static Leaf ReadScalar(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Of(value.GetString()!);
            case JsonValueKind.Number when value.TryGetInt64(out var number):
                return Of(number);
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                return new Leaf(value.GetRawText());
            default:
                throw new JsonException($"A register holds no {value.ValueKind} such as this.");
        }
    }
}

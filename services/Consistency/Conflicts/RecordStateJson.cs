using System.Text;
using System.Text.Json;

namespace Consistency.Conflicts;

/// <summary>
/// A record's one JSON form, the same bytes on every replica that knows the same writes: stored, sent, and compared by the audit.
/// <c>{"vector":{"orders-1":1},"registers":{"email":[{"at":"1767225600000.0@orders-1:1","value":"a@b.example"}]}}</c>.
/// </summary>
public static class RecordStateJson
{
    /// <summary>Writes the form.</summary>
    public static string Write(RecordState state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("vector");
            foreach (var (replica, counter) in state.Vector.Counters)
            {
                json.WriteNumber(replica, counter);
            }

            json.WriteEndObject();
            json.WriteStartObject("registers");
            foreach (var (path, register) in state.Registers)
            {
                json.WriteStartArray(path);
                foreach (var sibling in register.Siblings)
                {
                    json.WriteStartObject();
                    json.WriteString("at", sibling.Stamp.ToString());
                    json.WritePropertyName("value");
                    json.WriteRawValue(sibling.Value.Json, skipInputValidation: true);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Reads what was stored.</summary>
    public static RecordState Read(string json) => Read(JsonElement.Parse(json));

    /// <summary>Reads what was received. Paths that this version does not know are kept and passed on.</summary>
    /// <exception cref="JsonException">It is no such record, or one beyond <see cref="ConflictLimits"/>.</exception>
    public static RecordState Read(JsonElement json)
    {
        try
        {
            var vector = Members(json, "vector", ConflictLimits.ReplicasMax).Aggregate(VersionVector.Empty, (known, r) => known.With(ReadEntry(r)));
            var registers = Members(json, "registers", ConflictLimits.RegistersMax)
                .ToDictionary(r => Name(r.Name), r => ReadRegister(r.Name, r.Value, vector), StringComparer.Ordinal);
            return RecordState.Of(vector, registers);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            // The document's own errors: a name given twice, a text that is no Unicode, a member that is missing or of another type.
            throw new JsonException($"A replicated record is malformed: {e.Message}", e);
        }
    }

    private static List<JsonProperty> Members(JsonElement json, string name, int countMax)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"A replicated record needs an object '{name}'.");
        }

        var members = value.EnumerateObject().ToList();
        return members.Count <= countMax
            ? members
            : throw new JsonException($"A replicated record has {members.Count} entries in '{name}', more than the {countMax} allowed.");
    }

    private static Dot ReadEntry(JsonProperty entry) =>
        entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt64(out var counter) && counter is >= 1 and <= ConflictLimits.CounterMax
            ? new Dot(Name(entry.Name), counter)
            : throw new JsonException($"vector.{entry.Name}: a counter is a whole number from 1 to {ConflictLimits.CounterMax}.");

    private static MultiValueRegister ReadRegister(string path, JsonElement json, VersionVector vector)
    {
        var siblings = json.EnumerateArray().Select(s => ReadSibling(path, s, vector)).ToList();
        return siblings.Count is >= 1 and <= ConflictLimits.SiblingsMax && siblings.DistinctBy(s => s.Stamp.Dot).Count() == siblings.Count
            ? MultiValueRegister.Of(siblings)
            : throw new JsonException($"{path}: {siblings.Count} siblings are not 1 to {ConflictLimits.SiblingsMax} different ones.");
    }

    // A sibling that its own vector does not know would be taken for news by whoever has overwritten it.
    private static Sibling ReadSibling(string path, JsonElement json, VersionVector vector) =>
        Stamp.TryParse(json.GetProperty("at").GetString() ?? "", out var stamp) && vector.Covers(stamp.Dot)
            ? new Sibling(stamp, Leaf.Read(json.GetProperty("value")))
            : throw new JsonException($"{path}: 'at' must be a stamp such as 1767225600000.0@orders-1:3, of a write that the vector knows.");

    private static string Name(string name) =>
        name.Length is >= 1 and <= ConflictLimits.NameCharsMax && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? name
            : throw new JsonException($"'{Contracts.FieldErrors.Shorten(name)}' is no name of a replica or register.");
}

using System.Text.Json;
using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

public sealed class RecordStateJsonTests
{
    public static TheoryData<string, string> Malformed => new()
    {
        { "no object", "[]" },
        { "no vector", """{"registers":{}}""" },
        { "no registers", """{"vector":{}}""" },
        { "vector of texts", """{"vector":{"a":"1"},"registers":{}}""" },
        { "counter of nothing", """{"vector":{"a":0},"registers":{}}""" },
        { "negative counter", """{"vector":{"a":-1},"registers":{}}""" },
        { "counter beyond all", """{"vector":{"a":9223372036854775807},"registers":{}}""" },
        { "broken counter", """{"vector":{"a":1.5},"registers":{}}""" },
        { "replica without name", """{"vector":{"":1},"registers":{}}""" },
        { "replica that breaks entity tags", """{"vector":{"a\"b":1},"registers":{}}""" },
        { "half a surrogate as name", """{"vector":{"\ud800":1},"registers":{}}""" },
        { "register without siblings", """{"vector":{"a":1},"registers":{"email":[]}}""" },
        { "register that is no list", """{"vector":{"a":1},"registers":{"email":{}}}""" },
        { "sibling without stamp", """{"vector":{"a":1},"registers":{"email":[{"value":1}]}}""" },
        { "sibling without value", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1"}]}}""" },
        { "stamp that is none", """{"vector":{"a":1},"registers":{"email":[{"at":"yesterday","value":1}]}}""" },
        { "stamp of a number", """{"vector":{"a":1},"registers":{"email":[{"at":1,"value":1}]}}""" },
        { "write that the vector does not know", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:2","value":1}]}}""" },
        { "the same write twice", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1","value":1},{"at":"1.0@a:1","value":2}]}}""" },
        { "time beyond all", """{"vector":{"a":1},"registers":{"email":[{"at":"999999999999999999.0@a:1","value":1}]}}""" },
        { "tick beyond all", """{"vector":{"a":1},"registers":{"email":[{"at":"1.1000000@a:1","value":1}]}}""" },
        { "value that is a list", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1","value":[1]}]}}""" },
        { "value that is a fraction", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1","value":1.5}]}}""" },
        { "value of objects within objects", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1","value":{"x":{}}}]}}""" },
        { "value that is half a surrogate", """{"vector":{"a":1},"registers":{"email":[{"at":"1.0@a:1","value":"\ud800"}]}}""" },
        { "the same register twice", """{"vector":{"a":1},"registers":{"e":[{"at":"1.0@a:1","value":1}],"e":[{"at":"1.0@a:1","value":1}]}}""" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void a_malformed_state_is_refused(string what, string json) =>
        Should.Throw<JsonException>(() => RecordStateJson.Read(json), what);

    [Fact]
    public void the_form_survives_every_way_that_json_may_be_rewritten()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            foreach (var form in new ReplicaWorld(seed).Run().States.Select(RecordStateJson.Write))
            {
                RecordStateJson.Write(RecordStateJson.Read(form)).ShouldBe(form, $"seed {seed}");
                RecordStateJson.Write(RecordStateJson.Read(Rewritten(form))).ShouldBe(form, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void text_of_any_script_keeps_its_form()
    {
        const string Name = "Jürgen \"Ёж\" <名> \U0001F994 \\ /";
        var state = RecordState.Empty.Write("a", DateTimeOffset.UnixEpoch, new Dictionary<string, Leaf> { ["name"] = Leaf.Of(Name) });

        var read = RecordStateJson.Read(Rewritten(RecordStateJson.Write(state)));

        read["name"].Siblings.Single().Value.AsText().ShouldBe(Name);
        RecordStateJson.Write(read).ShouldBe(RecordStateJson.Write(state));
    }

    // As a broker may pass it on: members in another order, other escapes, white space.
    private static string Rewritten(string json) => JsonSerializer.Serialize(
        Reversed(JsonElement.Parse(json)),
        new JsonSerializerOptions { WriteIndented = true, Encoder = global::System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static object? Reversed(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Reverse().ToDictionary(m => m.Name, m => Reversed(m.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Reversed).Reverse().ToList(),
        _ => value,
    };
}

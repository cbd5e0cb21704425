using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Tests.Contract.Workflows;

/// <summary>Compares messages with recorded ones: all fields but times and tokens, and execution ids by where they are the same.</summary>
internal sealed class SameMessages
{
    private const string Token = "completionToken";
    private const string CustomStatus = "customStatus";
    private const string ExecutionId = "executionId";

    // What comes from the clock of whoever writes it. (A timer's fireAt comes from the worker and is compared.)
    private static readonly string[] Times = ["timestamp", "createdTimestamp", "lastUpdatedTimestamp", "startedAt", "completedTimestamp"];

    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    public void Check(IMessage expected, IMessage actual, string where)
    {
        var (wanted, found) = (ToJson(expected), ToJson(actual));
        Learn(wanted, found);
        Name(found);
        found.ToJsonString().ShouldBe(wanted.ToJsonString(), where);
    }

    private static JsonNode ToJson(IMessage message)
    {
        var json = JsonNode.Parse(JsonFormatter.Default.Format(message))!;
        Blank(json);
        return json;
    }

    private static void Blank(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Blank(item);
            }
        }
        if (node is not JsonObject members)
        {
            return;
        }
        members.Remove(Token);
        // Daprd tells an empty custom status where it has the instance in memory, and none where it reads it from its store.
        if (members[CustomStatus] is JsonValue status && status.GetValueKind() == JsonValueKind.String && (string?)status is "")
        {
            members.Remove(CustomStatus);
        }
        // Every event has one, and the recordings leave it out.
        members.Remove("timestamp");
        foreach (var name in Times.Where(members.ContainsKey))
        {
            members[name] = "some time";
        }
        foreach (var (_, value) in members)
        {
            Blank(value);
        }
    }

    // An id that is new at a place where the recording has one stands for that one from now on.
    private void Learn(JsonNode? wanted, JsonNode? found)
    {
        if (wanted is JsonArray expected && found is JsonArray actual)
        {
            foreach (var (first, second) in expected.Zip(actual))
            {
                Learn(first, second);
            }
        }
        if (wanted is not JsonObject members || found is not JsonObject others)
        {
            return;
        }
        foreach (var (name, value) in members)
        {
            if (name != ExecutionId)
            {
                Learn(value, others[name]);
            }
            else if ((string?)others[name] is { } id && (string?)value is { } recorded && !_ids.ContainsValue(recorded))
            {
                _ids.TryAdd(id, recorded);
            }
        }
    }

    private void Name(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Name(item);
            }
        }
        if (node is not JsonObject members)
        {
            return;
        }
        if ((string?)members[ExecutionId] is { } id && _ids.TryGetValue(id, out var recorded))
        {
            members[ExecutionId] = recorded;
        }
        foreach (var (_, value) in members)
        {
            Name(value);
        }
    }
}

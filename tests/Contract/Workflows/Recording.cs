using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Tests.Contract.Workflows;

/// <summary>
/// What clients, workers and a real daprd 1.18.3 said to each other, recorded between them (Recorded/*.json), without times and with
/// short ids. A turn's events are slices of its instance's history: past ones from its beginning, new ones after them.
/// </summary>
internal sealed class Recording
{
    private readonly JsonNode _root;

    private Recording(JsonNode root) => _root = root;

    /// <summary>Names of all recordings.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder(), "*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    /// <summary>When it began, by daprd's clock.</summary>
    public DateTimeOffset Start => DateTimeOffset.UnixEpoch.AddSeconds((double)_root["start"]!);

    /// <summary>What happened, in order.</summary>
    public IEnumerable<JsonNode> Steps => _root["steps"]!.AsArray()!;

    public static Recording Read(string name) => new(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), $"{name}.json")))!);

    /// <summary>The work item of a step that is a turn or an activity, in protobuf's JSON.</summary>
    public string WorkItem(JsonNode step)
    {
        if (step["activity"] is { } activity)
        {
            return new JsonObject { ["activityRequest"] = activity.DeepClone() }.ToJsonString();
        }
        var instance = (string)step["turn"]!;
        var (past, fresh) = ((int)step["past"]!, (int)step["new"]!);
        // Few turns were told otherwise later than they happened: those have their own events.
        var history = (step["events"] ?? _root["histories"]![instance]![(int)step["generation"]!])!.AsArray();
        var request = new JsonObject
        {
            ["instanceId"] = instance,
            ["pastEvents"] = Slice(history, 0, past),
            ["newEvents"] = Slice(history, past, fresh),
        };
        foreach (var (name, value) in step["also"]?.AsObject() ?? [])
        {
            request[name] = value!.DeepClone();
        }
        return new JsonObject { ["workflowRequest"] = request }.ToJsonString();
    }

    private static JsonArray Slice(JsonArray events, int from, int count) =>
        new([.. events.Skip(from).Take(count).Select(e => e!.DeepClone())]);

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Recorded");
}

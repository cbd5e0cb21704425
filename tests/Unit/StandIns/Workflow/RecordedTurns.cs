using System.Text.Json;
using Google.Protobuf;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>
/// Turns that daprd 1.18.3 gave to the official worker (Dapr.Workflow 1.18.5), with that worker's answers: recorded-turns.jsonl, one
/// instance a line, in protobuf's JSON. Kept are the parts that a worker looks at. A turn's past is what the turns before it came to,
/// unless it is given (reruns, repeated turns, starts of an id that has ended).
/// </summary>
internal static class RecordedTurns
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(ignoreUnknownFields: false));

    private static readonly Dictionary<string, RecordedInstance> All = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "StandIns", "Workflow", "recorded-turns.jsonl"))
        .Select(Read)
        .ToDictionary(instance => instance.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => All.Keys;

    public static RecordedInstance Get(string name) => All[name];

    private static RecordedInstance Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var id = root.GetProperty("id").GetString()!;
        var past = new List<HistoryEvent>();
        var turns = new List<RecordedTurn>();
        foreach (var turn in root.GetProperty("turns").EnumerateArray())
        {
            var given = turn.TryGetProperty("past", out var events) ? [.. Events(events)] : past;
            HistoryEvent[] added = [.. Events(turn.GetProperty("new"))];
            var answer = Json.Parse<WorkflowResponse>(turn.GetProperty("answer").GetRawText());
            answer.InstanceId = id;
            turns.Add(new RecordedTurn(new WorkflowRequest { InstanceId = id, PastEvents = { given }, NewEvents = { added } }, answer));
            past = answer.Actions.Any(action => action.CompleteWorkflow is { WorkflowStatus: OrchestrationStatus.ContinuedAsNew })
                ? []
                : [.. given, .. added, .. answer.Actions.Select(ActionEvents.Of).OfType<HistoryEvent>()];
        }

        return new RecordedInstance($"{root.GetProperty("recording").GetString()} {id}", turns);
    }

    private static IEnumerable<HistoryEvent> Events(JsonElement events) =>
        events.EnumerateArray().Select(happened => Json.Parse<HistoryEvent>(happened.GetRawText()));
}

internal sealed record RecordedInstance(string Name, IReadOnlyList<RecordedTurn> Turns);

internal sealed record RecordedTurn(WorkflowRequest Request, WorkflowResponse Answer);

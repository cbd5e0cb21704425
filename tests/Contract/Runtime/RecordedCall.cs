using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Rpc = Wire.Rpc;

namespace Tests.Contract.Runtime;

/// <summary>
/// A call of the official .NET SDK and what a real daprd 1.18.3 answered (Recorded/*.json), or what is answered here where
/// differences.json says why.
/// </summary>
internal sealed class RecordedCall
{
    // The recorded app's id; the embedded sidecar's app has another.
    private static readonly string[] AppIds = ["gx-rt", "gx-tok"];

    private static readonly JsonParser Json = new(
        JsonParser.Settings.Default.WithTypeRegistry(
            TypeRegistry.FromMessages(Rpc.ErrorInfo.Descriptor, Rpc.ResourceInfo.Descriptor, Rpc.BadRequest.Descriptor)));

    private readonly JsonNode _step;

    private RecordedCall(JsonNode step) => _step = step;

    /// <summary>Names of all recordings.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder(), "*.json").Select(Path.GetFileNameWithoutExtension).Where(static name => name != "differences")
            .Order(StringComparer.Ordinal)!;

    /// <summary>Which call it is, for messages.</summary>
    public string Title => $"{_step["step"]}: {_step["call"] ?? _step["http"]}";

    public string? Token => (string?)_step["token"];

    /// <summary>Method of the runtime service, or a whole path; null for an HTTP request.</summary>
    public string? Call => (string?)_step["call"];

    /// <summary>HTTP method and path; null for a gRPC call.</summary>
    public string? Http => (string?)_step["http"];

    public string? ContentType => (string?)_step["contentType"];

    public string? Body => (string?)_step["body"];

    public int HttpStatus => (int)_step["status"]!;

    public string HttpAnswer => (string?)_step["answer"] ?? "";

    public IReadOnlyDictionary<string, string> HttpHeaders => (_step["headers"]?.AsObject() ?? [])
        .ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!, StringComparer.OrdinalIgnoreCase);

    public JsonNode Request => _step["request"]!;

    public JsonNode? Response => _step["response"];

    /// <summary>gRPC status.</summary>
    public int Code => (int?)_step["code"] ?? 0;

    /// <summary>Its text; a "*" at the end stands for anything.</summary>
    public string Text => (string?)_step["text"] ?? "";

    public IReadOnlyList<IMessage> Details => Unpack(Json.Parse<Rpc.Status>(
        new JsonObject { ["details"] = _step["details"]?.DeepClone() ?? new JsonArray() }.ToJsonString()));

    /// <summary>True where the call is refused here for its ETag, and has to be made without it to go on as recorded.</summary>
    public bool IsRepeatedWithoutCondition => (bool?)_step["repeatWithoutCondition"] ?? false;

    public static IReadOnlyList<RecordedCall> Read(string name, string storeType)
    {
        var differences = Parse("differences")["differences"]!.AsArray()
            .Where(difference => (string)difference!["recording"]! == name && (string?)difference["butNot"] != storeType
                && ((string?)difference["only"] ?? storeType) == storeType)
            .ToList();
        var calls = new List<RecordedCall>();
        foreach (var step in Parse(name)["steps"]!.AsArray())
        {
            var difference = differences.Find(
                d => (string)d!["step"]! == (string)step!["step"]! && (string)d["call"]! == (string?)step["call"]);
            calls.Add(new RecordedCall(difference is null ? step! : Changed(step!, difference["here"]!)));
            differences.Remove(difference);
        }
        differences.ShouldBeEmpty("each difference is one of a recorded call");
        return calls;
    }

    public static IReadOnlyList<IMessage> Unpack(Rpc.Status status) =>
    [
        .. status.Details.Select<Google.Protobuf.WellKnownTypes.Any, IMessage>(static any => any.TypeUrl switch
        {
            "type.googleapis.com/google.rpc.ErrorInfo" => any.Unpack<Rpc.ErrorInfo>(),
            "type.googleapis.com/google.rpc.ResourceInfo" => any.Unpack<Rpc.ResourceInfo>(),
            "type.googleapis.com/google.rpc.BadRequest" => any.Unpack<Rpc.BadRequest>(),
            _ => throw new InvalidDataException($"A detail of the type {any.TypeUrl}."),
        }),
    ];

    private static JsonNode Changed(JsonNode step, JsonNode here)
    {
        var changed = step.DeepClone().AsObject();
        foreach (var (name, value) in here.AsObject())
        {
            changed[name] = value?.DeepClone();
        }
        return changed;
    }

    private static JsonNode Parse(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder(), $"{name}.json"));
        return JsonNode.Parse(AppIds.Aggregate(text, static (all, id) => all.Replace(id, "app-a")))!;
    }

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Recorded");
}

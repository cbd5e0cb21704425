using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tests.Contract.Recorded;

/// <summary>
/// What clients, apps and a real daprd 1.18.3 said to each other by HTTP (Data/*.json): facts only, without dates and lengths. What
/// differs from run to run stands as a placeholder (see <see cref="Placeholders"/>). Entries build on one another, in order.
/// </summary>
/// <param name="Recording">Its name.</param>
/// <param name="Area">What it is about; the area that it is counted under.</param>
/// <param name="Component">The component type that it was recorded with and that others may stand in for; null for none.</param>
/// <param name="Entries">In order.</param>
public sealed record RecordedScene(string Recording, string Area, string? Component, IReadOnlyList<RecordedEntry> Entries)
{
    /// <summary>The names and types of the metrics at the recording's end: <c>name type</c>.</summary>
    public IReadOnlyList<string> MetricTypes { get; init; } = [];

    /// <summary>The series of those: name and labels.</summary>
    public IReadOnlyList<string> MetricSeries { get; init; } = [];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, RecordedScene> All { get; } = Directory.GetFiles(Folder(), "*.json")
        .Select(static file => JsonSerializer.Deserialize<RecordedScene>(File.ReadAllText(file), Options)!)
        .ToDictionary(static scene => scene.Recording, StringComparer.Ordinal);

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Data");
}

/// <summary>One request, what it was answered, and what the apps were sent for it.</summary>
/// <param name="Title">The recording's words.</param>
/// <param name="Request">Null where only what the apps got is compared.</param>
/// <param name="Response">The answer.</param>
/// <param name="Seen">What the apps were sent; null where that was not recorded.</param>
public sealed record RecordedEntry(string Title, RecordedRequest? Request, RecordedResponse? Response, IReadOnlyList<RecordedCall>? Seen)
{
    /// <summary>Requests that the recording left out but whose effect its later entries show.</summary>
    public IReadOnlyList<RecordedRequest> Before { get; init; } = [];

    /// <summary>"away" while no app listens.</summary>
    public string? App { get; init; }

    /// <summary>"none" while no workflow worker is connected.</summary>
    public string? Worker { get; init; }

    /// <summary>The app answers /toggle with 500.</summary>
    public bool Broken { get; init; }

    /// <summary>How far the clock moves before it.</summary>
    public int SkipSeconds { get; init; }

    /// <summary>Asked again until it answers as recorded: what it asks about takes a moment.</summary>
    public bool Patient { get; init; }

    /// <summary>Compared are the first requests of their kind, which nothing but time and the start bring about.</summary>
    public bool OfKind { get; init; }

    /// <summary>The app whose sidecar is asked; null for the first.</summary>
    public string? Caller { get; init; }

    /// <summary>The spans that it led to.</summary>
    public IReadOnlyList<JsonElement> Spans { get; init; } = [];

    /// <summary>What the app answers from here on, on one path.</summary>
    public RecordedReply? Reply { get; init; }
}

/// <summary>A request to the sidecar.</summary>
public sealed record RecordedRequest(string Method, string Path, Dictionary<string, string>? Headers, string? Body, string? Base64);

/// <summary>An answer. <paramref name="Member"/>: only this member of the body is compared, with <paramref name="Body"/>.</summary>
public sealed record RecordedResponse(int Status, Dictionary<string, JsonElement>? Headers, string? Body, string? Base64, string? Member);

/// <summary>A scripted answer of the app.</summary>
public sealed record RecordedReply(string Path, int Status, string Body);

/// <summary>A request to an app.</summary>
public sealed record RecordedCall(string Path, Dictionary<string, JsonElement>? Headers, string? Body, string? Base64)
{
    /// <summary>Whose; null where there is one app only.</summary>
    public string? App { get; init; }

    public string Method { get; init; } = "POST";

    /// <summary>How often in a row.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Headers that are not compared; "*" for all but the path.</summary>
    public IReadOnlyList<string> Loose { get; init; } = [];

    /// <summary>Its body broke off, so that it is not compared.</summary>
    public bool Partial { get; init; }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Contract.Hosting;

namespace Tests.Contract.Recorded;

/// <summary>Something that was not as recorded.</summary>
/// <param name="Field">For example <c>status</c>, <c>header Etag</c>, <c>body.message</c>, <c>body text</c> (JSON that is the same but for how
/// it is written), <c>seen body.data</c>, <c>seen count</c>.</param>
/// <param name="Recorded">What daprd said.</param>
/// <param name="Found">What the embedded sidecar said.</param>
public sealed record Deviation(string Field, string Recorded, string Found);

/// <summary>
/// Compares an answer, and what the apps were sent, with a recorded entry: status, all headers, the body to the last character (and field
/// by field where it is not the same), and how many requests the apps got.
/// </summary>
public sealed partial class Comparison(Placeholders placeholders)
{
    // Dates, and how a message is framed or how a client's library signs it, are no part of the contract.
    private static readonly HashSet<string> NotCompared = new(StringComparer.OrdinalIgnoreCase)
        { "Date", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Host" };

    private readonly List<Deviation> _found = [];

    /// <summary>What was not as recorded, so far.</summary>
    public IReadOnlyList<Deviation> Found => _found;

    public void Answer(RecordedResponse recorded, Answer found)
    {
        if (recorded.Status != found.Status)
        {
            Add("status", $"{recorded.Status}", $"{found.Status}");
        }
        if (recorded.Member is { } member)
        {
            Body("body", recorded.Body!, MemberOf(found.Body, member));
            return;
        }
        Headers("header ", recorded.Headers, found.Headers, []);
        Body("body", recorded.Base64 is { } bytes ? Encoding.UTF8.GetString(Convert.FromBase64String(bytes)) : recorded.Body ?? "", found.Body);
    }

    public void Seen(IReadOnlyList<RecordedCall> recorded, IReadOnlyList<SeenCall> found)
    {
        var open = found.SelectMany(Entries).ToList();
        var missing = new List<RecordedCall>();
        foreach (var call in recorded.SelectMany(static c => Enumerable.Repeat(c, c.Times)))
        {
            var match = open.FindIndex(candidate => placeholders.Try(() => Differences(call, candidate).Count == 0));
            if (match < 0)
            {
                missing.Add(call);
            }
            else
            {
                open.RemoveAt(match);
            }
        }
        if (missing.Count != open.Count)
        {
            Add("seen count", Describe(recorded.Select(static c => $"{c.Times} x {c.Path}")), Describe(found.Select(static c => c.Path)));
        }
        foreach (var call in missing.Take(open.Count).ToList())
        {
            // Nothing came that is the same: the most similar is told, whatever the order of arrival.
            var nearest = open.MinBy(candidate => CountDifferences(call, candidate))!;
            open.Remove(nearest);
            _found.AddRange(Differences(call, nearest));
        }
    }

    private int CountDifferences(RecordedCall call, SeenCall candidate)
    {
        var count = 0;
        placeholders.Try(() =>
        {
            count = Differences(call, candidate).Count;
            return false;
        });
        return count;
    }

    private static string Describe(IEnumerable<string> calls) => string.Join(", ", calls);

    // Each entry of a bulk delivery is compared as a delivery of one: how many come together is a matter of time.
    private static IEnumerable<SeenCall> Entries(SeenCall call)
    {
        if (!call.Body.StartsWith("{\"entries\":[", StringComparison.Ordinal))
        {
            return [call];
        }
        var end = call.Body.LastIndexOf("],\"id\":", StringComparison.Ordinal);
        return NextEntry().Split(call.Body[12..end]).Select(entry => call with { Body = $"{{\"entries\":[{entry}{call.Body[end..]}" });
    }

    private static string MemberOf(string json, string member)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(member, out var value) ? value.GetRawText() : "(no such member)";
    }

    private List<Deviation> Differences(RecordedCall recorded, SeenCall found)
    {
        var apart = new Comparison(placeholders);
        if ((recorded.App ?? found.App, recorded.Method, recorded.Path) != (found.App, found.Method, found.Target))
        {
            apart.Add("seen path", $"{recorded.Method} {recorded.Path}", $"{found.Method} {found.Target} at {found.App}");
        }
        if (!recorded.Loose.Contains("*"))
        {
            apart.Headers("seen header ", recorded.Headers, found.Headers, recorded.Loose);
            if (!recorded.Partial)
            {
                apart.Body("seen body", recorded.Base64 is { } b ? Encoding.UTF8.GetString(Convert.FromBase64String(b)) : recorded.Body ?? "", found.Body);
            }
        }
        return apart._found;
    }

    private void Headers(
        string field, Dictionary<string, JsonElement>? recorded, IReadOnlyDictionary<string, string> found, IReadOnlyList<string> loose)
    {
        recorded ??= [];
        foreach (var (name, value) in recorded)
        {
            var text = value.ValueKind == JsonValueKind.Array
                ? string.Join(", ", value.EnumerateArray().Select(static v => v.GetString()))
                : value.GetString()!;
            var other = found.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            if (other is null || !placeholders.Matches(text, other))
            {
                Add(field + name, text, other ?? "(none)");
            }
        }
        foreach (var (name, value) in found)
        {
            if (!NotCompared.Contains(name) && !loose.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !recorded.Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Add(field + name, "(none)", value);
            }
        }
    }

    private void Body(string field, string recorded, string found)
    {
        found = Base64Envelope().Replace(found, static match =>
            Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups["data"].Value)) is ['{', ..] text
            && text.Contains("\"specversion\"", StringComparison.Ordinal) ? $"\"data_base64\":{text}" : match.Value);
        if (placeholders.Matches(recorded, found))
        {
            return;
        }
        if (Parse(placeholders.FillKnown(recorded)) is not { } one || Parse(found) is not { } other)
        {
            Add(field, recorded, found);
            return;
        }
        var before = _found.Count;
        Values(field, one, other);
        if (_found.Count == before)
        {
            Add($"{field} text", recorded, found);
        }
    }

    private void Values(string field, JsonElement recorded, JsonElement found)
    {
        if (recorded.ValueKind == JsonValueKind.Object && found.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in recorded.EnumerateObject().Concat(found.EnumerateObject()).Select(static p => p.Name).Distinct())
            {
                Members($"{field}.{name}", Member(recorded, name), Member(found, name));
            }
        }
        else if (recorded.ValueKind == JsonValueKind.Array && found.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < Math.Max(recorded.GetArrayLength(), found.GetArrayLength()); i++)
            {
                Members(
                    $"{field}[{i}]",
                    i < recorded.GetArrayLength() ? recorded[i] : null, i < found.GetArrayLength() ? found[i] : null);
            }
        }
        else if (recorded.ValueKind == JsonValueKind.String && found.ValueKind == JsonValueKind.String)
        {
            if (!placeholders.Matches(recorded.GetString()!, found.GetString()!))
            {
                Add(field, recorded.GetString()!, found.GetString()!);
            }
        }
        else if (recorded.GetRawText() != found.GetRawText())
        {
            Add(field, recorded.GetRawText(), found.GetRawText());
        }
    }

    private void Members(string field, JsonElement? recorded, JsonElement? found)
    {
        if (recorded is { } one && found is { } other)
        {
            Values(field, one, other);
        }
        else
        {
            Add(field, recorded?.GetRawText() ?? "(none)", found?.GetRawText() ?? "(none)");
        }
    }

    private static JsonElement? Member(JsonElement value, string name) => value.TryGetProperty(name, out var member) ? member : null;

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Add(string field, string recorded, string found) => _found.Add(new Deviation(field, recorded, found));

    [GeneratedRegex(",(?=\\{\"entryId\")")]
    private static partial Regex NextEntry();

    [GeneratedRegex("\"data_base64\":\"(?<data>[A-Za-z0-9+/=]+)\"")]
    private static partial Regex Base64Envelope();
}

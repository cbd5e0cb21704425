using System.Text.Json.Nodes;

namespace Tests.Contract.Runtime;

/// <summary>
/// Stores choose their ETags: a recorded one stands for the one that the same key had here at the same point. Learned from answers, put
/// into requests; one that was never in an answer (a stale or malformed one) goes out as it is.
/// </summary>
internal sealed class SameEtags
{
    private readonly Dictionary<(string Key, string Recorded), string> _here = [];

    /// <summary>Puts this run's ETags into a request.</summary>
    public void Translate(JsonNode request)
    {
        Translate(request, (string?)request["key"]);
        foreach (var item in request["states"]?.AsArray() ?? [])
        {
            Translate(item!, (string?)item!["key"]);
        }
        foreach (var operation in request["operations"]?.AsArray() ?? [])
        {
            Translate(operation!["request"]!, (string?)operation["request"]!["key"]);
        }
    }

    /// <summary>Puts the recorded ETags into an answer.</summary>
    public void Learn(JsonNode recorded, JsonNode found, string? key)
    {
        if (key is not null && (string?)recorded["etag"] is { } old && (string?)found["etag"] is { } here)
        {
            _here.TryAdd((key, old), here);
            found["etag"] = _here[(key, old)] == here ? old : $"not that of {old}";
        }
        foreach (var (first, second) in (recorded["items"]?.AsArray() ?? []).Zip(found["items"]?.AsArray() ?? []))
        {
            Learn(first!, second!, (string?)first!["key"]);
        }
    }

    private void Translate(JsonNode node, string? key)
    {
        if (key is not null && (string?)node["etag"]?["value"] is { } recorded && _here.TryGetValue((key, recorded), out var here))
        {
            node["etag"]!["value"] = here;
        }
    }
}

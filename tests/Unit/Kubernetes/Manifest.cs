using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tests.Unit.Kubernetes;

/// <summary>One object, as it would be sent to the API server.</summary>
internal sealed partial record Manifest(JsonObject Node)
{
    public string ApiVersion => (string)Node["apiVersion"]!;

    public string Kind => (string)Node["kind"]!;

    public string Name => (string)Node["metadata"]!["name"]!;

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>The value below, by names and indices with slashes between them; null where there is none.</summary>
    public JsonNode? At(string path) => Node.At(path);

    /// <summary>The objects of a YAML text.</summary>
    public static IReadOnlyList<Manifest> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => new Manifest((JsonObject)Convert(d.RootNode)!))];
    }

    // Plain scalars by YAML's core schema, as the API server's own reader takes them; quoted ones are text.
    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Convert(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } plain } when Number().IsMatch(plain) => JsonNode.Parse(plain),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } plain } when Ambiguous().IsMatch(plain) =>
            throw new NotSupportedException($"'{plain}' is a number to some readers: write it in quotes, or as a decimal."),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new NotSupportedException(node.ToString()),
    };

    [GeneratedRegex(@"^-?(0|[1-9]\d*)(\.\d+)?$")]
    private static partial Regex Number();

    // Octal by YAML 1.1, hexadecimal, exponents.
    [GeneratedRegex(@"^[-+]?(0\d+|0[xob][0-9a-fA-F]+|\d+(\.\d+)?[eE][-+]?\d+)$")]
    private static partial Regex Ambiguous();
}

internal static class JsonPaths
{
    /// <summary>The value below, by names and indices with slashes between them; null where there is none.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var step in path.Split('/'))
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The members of the list below; none where there is no list.</summary>
    public static IEnumerable<JsonNode> All(this JsonNode? node, string path) => (node.At(path) as JsonArray ?? []).OfType<JsonNode>();

    /// <summary>The scalar below as text; null where there is none.</summary>
    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    /// <summary>The map of texts below; empty where there is none.</summary>
    public static Dictionary<string, string> Texts(this JsonNode? node, string path) =>
        (node.At(path) as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value?.ToString() ?? "", StringComparer.Ordinal);
}

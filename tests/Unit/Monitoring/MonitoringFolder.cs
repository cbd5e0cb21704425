using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Tests.Unit.Monitoring;

/// <summary>What monitoring/ holds, read as Prometheus reads it.</summary>
internal static partial class MonitoringFolder
{
    private static readonly HashSet<string> Operators = new(["and", "or", "unless", "offset", "bool", "group_left", "group_right"], StringComparer.Ordinal);

    /// <summary>monitoring/.</summary>
    public static string Path { get; } = RepoFiles.At("monitoring");

    /// <summary>Files of rules.</summary>
    public static IReadOnlyList<string> RuleFiles { get; } = [.. Directory.GetFiles(In("rules"), "*.yaml").Order(StringComparer.Ordinal)];

    /// <summary>Files of rules' tests.</summary>
    public static IReadOnlyList<string> TestFiles { get; } = [.. Directory.GetFiles(In("rules", "tests"), "*.yaml").Order(StringComparer.Ordinal)];

    /// <summary>All rules.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [.. RuleFiles.SelectMany(ReadRules)];

    /// <summary>What the tests of the rules ask: the alert, and whether it must fire.</summary>
    public static IReadOnlyList<(string Alert, bool Fires)> Asked { get; } = [.. TestFiles.SelectMany(ReadTests)];

    /// <summary>A path below monitoring/.</summary>
    public static string In(params string[] names) => global::System.IO.Path.Combine([Path, .. names]);

    /// <summary>
    /// Names of the metrics that an expression reads. Whatever is a name and neither a function, an operator, nor a label is one.
    /// </summary>
    public static IReadOnlySet<string> MetricsOf(string expression)
    {
        var bare = Strings().Replace(expression, "\"\"");
        bare = Selectors().Replace(bare, "");
        bare = LabelLists().Replace(bare, " ");
        bare = Windows().Replace(bare, "");
        return Names().Matches(bare).Select(m => m.Value).Where(n => !Operators.Contains(n)).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<Rule> ReadRules(string file) =>
        from grouped in Seq(Document(file), "groups")
        from rule in Seq(grouped, "rules")
        select new Rule(
            global::System.IO.Path.GetFileName(file), Text(rule, "alert"), Text(rule, "record"), Text(rule, "expr")!, Text(rule, "for"),
            Map(rule, "labels"), Map(rule, "annotations"));

    private static IEnumerable<(string Alert, bool Fires)> ReadTests(string file) =>
        from test in Seq(Document(file), "tests")
        from asked in Seq(test, "alert_rule_test")
        select (Text(asked, "alertname")!, Seq(asked, "exp_alerts").Any());

    private static YamlNode Document(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    private static YamlNode? At(YamlNode node, string key) => ((YamlMappingNode)node).Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static IEnumerable<YamlNode> Seq(YamlNode node, string key) => At(node, key) as YamlSequenceNode ?? [];

    private static string? Text(YamlNode node, string key) => (At(node, key) as YamlScalarNode)?.Value;

    private static Dictionary<string, string> Map(YamlNode node, string key) => (At(node, key) as YamlMappingNode)?.Children
        .ToDictionary(e => ((YamlScalarNode)e.Key).Value!, e => ((YamlScalarNode)e.Value).Value!, StringComparer.Ordinal) ?? [];

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex LabelLists();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Windows();

    // A name that no parenthesis follows, nor letters of a number before it (1e9, 5m).
    [GeneratedRegex(@"(?<![\w$.:])[a-zA-Z_][a-zA-Z0-9_:]*(?![\w:]|\s*\()")]
    private static partial Regex Names();

    /// <summary>One rule: an alert or a recording.</summary>
    internal sealed record Rule(
        string File, string? Alert, string? Record, string Expression, string? For, IReadOnlyDictionary<string, string> Labels,
        IReadOnlyDictionary<string, string> Annotations);
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tests.Servers;

namespace Tests.Unit.Monitoring;

/// <summary>
/// Goal: a dashboard shows what there is. Method: the files read; each expression judged by promtool as if it were a rule, its metrics
/// compared with those that are written.
/// </summary>
public sealed class DashboardTests
{
    private const int Columns = 24;

    public static TheoryData<string> Dashboards => [.. Directory.GetFiles(MonitoringFolder.In("grafana"), "*.json").Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void panels_read_only_metrics_that_there_are(string file)
    {
        var recorded = MonitoringFolder.Rules.Select(r => r.Record).OfType<string>().ToHashSet(StringComparer.Ordinal);

        Expressions(file).SelectMany(MonitoringFolder.MetricsOf).Distinct(StringComparer.Ordinal)
            .Where(name => !recorded.Contains(name) && !KnownMetrics.Have(name)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public async Task prometheus_takes_every_expression(string file)
    {
        var rules = new StringBuilder("groups:\n  - name: panels\n    rules:\n");
        foreach (var (expression, at) in Expressions(file).Select((e, i) => (e, i)))
        {
            // Grafana puts the width of its window in. JSON's strings are YAML's, too.
            rules.Append("      - record: panel:").Append(at).Append("\n        expr: ")
                .Append(JsonSerializer.Serialize(expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal))).Append('\n');
        }

        var path = Path.Combine(Directory.CreateTempSubdirectory("dashboard-").FullName, "rules.yaml");
        try
        {
            await File.WriteAllTextAsync(path, rules.ToString(), TestContext.Current.CancellationToken);
            var (exitCode, output) = await Promtool.Find().RunAsync("", TestContext.Current.CancellationToken, "check", "rules", path);
            exitCode.ShouldBe(0, output);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void each_panel_says_what_it_shows_in_which_unit_from_the_chosen_source(string file)
    {
        var panels = Panels(file);

        panels.Select(p => p["id"]!.GetValue<int>()).ShouldBeUnique();
        Charts(file).ShouldAllBe(p => p["description"]!.GetValue<string>().Length > 0);
        Charts(file).ShouldAllBe(p => p["fieldConfig"]!["defaults"]!["unit"]!.GetValue<string>().Length > 0);
        Charts(file).ShouldAllBe(p => p["datasource"]!["uid"]!.GetValue<string>() == "${datasource}");
        Root(file)["templating"]!["list"]!.AsArray().ShouldContain(v => v!["name"]!.GetValue<string>() == "datasource");
    }

    [Theory]
    [MemberData(nameof(Dashboards))]
    public void panels_do_not_overlap(string file)
    {
        var cells = new HashSet<(int X, int Y)>();
        foreach (var place in Panels(file).Select(p => p["gridPos"]!))
        {
            var (x, y, w, h) = (Number(place, "x"), Number(place, "y"), Number(place, "w"), Number(place, "h"));
            (x + w).ShouldBeLessThanOrEqualTo(Columns);
            foreach (var cell in from column in Enumerable.Range(x, w) from line in Enumerable.Range(y, h) select (column, line))
            {
                cells.Add(cell).ShouldBeTrue($"two panels at {cell}");
            }
        }
    }

    private static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();

    private static JsonNode Root(string file) => JsonNode.Parse(File.ReadAllText(MonitoringFolder.In("grafana", file)))!;

    private static IReadOnlyList<JsonNode> Panels(string file) => [.. Root(file)["panels"]!.AsArray().Select(p => p!)];

    private static IEnumerable<JsonNode> Charts(string file) => Panels(file).Where(p => p["type"]!.GetValue<string>() != "row");

    private static IReadOnlyList<string> Expressions(string file) =>
        [.. Charts(file).SelectMany(p => p["targets"]!.AsArray()).Select(t => t!["expr"]!.GetValue<string>())];
}

using System.Text.RegularExpressions;
using Tests.Servers;

namespace Tests.Unit.Monitoring;

/// <summary>
/// Goal: every alert can fire, does not fire when it must not, and tells whoever it wakes what to do.
/// Method: promtool on the files as they are; and the files read, for what promtool does not ask.
/// </summary>
public sealed partial class RuleTests
{
    private static readonly string[] Sections =
        ["## What you notice", "## Look first", "## Likely causes", "## What to do", "## How to know that it is over", "## What not to do"];

    public static TheoryData<string> Alerts => [.. MonitoringFolder.Rules.Select(r => r.Alert).OfType<string>()];

    public static TheoryData<string> TestFiles => [.. MonitoringFolder.TestFiles.Select(f => Path.GetFileName(f))];

    [Fact]
    public async Task prometheus_takes_the_configuration()
    {
        var copy = Directory.CreateTempSubdirectory("monitoring-").FullName;
        try
        {
            // With a key, which is not in the repository, and without which promtool refuses the file.
            File.Copy(MonitoringFolder.In("prometheus.yml"), Path.Combine(copy, "prometheus.yml"));
            File.WriteAllText(Path.Combine(copy, "gateway.key"), "a key");
            Directory.CreateSymbolicLink(Path.Combine(copy, "rules"), MonitoringFolder.In("rules"));

            await AgreesAsync("check", "config", Path.Combine(copy, "prometheus.yml"));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public Task prometheus_takes_the_rules() => AgreesAsync(["check", "rules", .. MonitoringFolder.RuleFiles]);

    [Theory]
    [MemberData(nameof(TestFiles))]
    public Task alerts_fire_when_they_must_and_not_when_they_must_not(string file) =>
        AgreesAsync("test", "rules", MonitoringFolder.In("rules", "tests", file));

    [Theory]
    [MemberData(nameof(Alerts))]
    public void an_alert_is_tested_both_ways(string alert)
    {
        MonitoringFolder.Asked.ShouldContain((alert, true), "a test in which it fires");
        MonitoringFolder.Asked.ShouldContain((alert, false), "a test in which it does not");
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void an_alert_says_how_urgent_it_is_what_is_wrong_and_where_to_read_on(string alert)
    {
        var rule = MonitoringFolder.Rules.Single(r => r.Alert == alert);

        rule.For.ShouldNotBeNull("one bad sample is no alarm");
        rule.Labels["severity"].ShouldBeOneOf("warning", "critical");
        rule.Annotations.Keys.ShouldBe(["summary", "description", "runbook_url"], ignoreOrder: true);
        var page = File.ReadAllText(RepoFiles.At(rule.Annotations["runbook_url"]));
        page.ShouldContain($"`{alert}`", Case.Sensitive, "the page names what it is about");
        Headings().Matches(page).Select(m => m.Value).ShouldBe(Sections);
        File.ReadAllText(RepoFiles.At("docs", "alerts.md")).ShouldContain($"`{alert}`", Case.Sensitive, "the index has it");
    }

    [Fact]
    public void rules_read_only_metrics_that_there_are()
    {
        var recorded = MonitoringFolder.Rules.Select(r => r.Record).OfType<string>().ToHashSet(StringComparer.Ordinal);

        MonitoringFolder.Rules.SelectMany(r => MonitoringFolder.MetricsOf(r.Expression)).Distinct(StringComparer.Ordinal)
            .Where(name => !recorded.Contains(name) && !KnownMetrics.Have(name)).ShouldBeEmpty();
    }

    [Fact]
    public void each_page_is_about_an_alert()
    {
        var named = MonitoringFolder.Rules.Where(r => r.Alert is not null).Select(r => Path.GetFileName(r.Annotations["runbook_url"]));

        Directory.GetFiles(RepoFiles.At("docs", "runbooks"), "*.md").Select(f => Path.GetFileName(f))
            .ShouldBe(named.Distinct(StringComparer.Ordinal), ignoreOrder: true);
    }

    [Theory]
    [InlineData("max by (app) (up{job=\"dapr\"}) == 0", "up")]
    [InlineData("(a:b:c5m > 14.4 * 0.001 and rate(x_total[5m]) > 1e3) unless on (instance) y", "a:b:c5m", "x_total", "y")]
    [InlineData("histogram_quantile(0.99, sum by (le, app) (rate(z_bucket{app=~\"$app\", p=\"a(b\"}[$__rate_interval])))", "z_bucket")]
    public void the_metrics_of_an_expression_are_found(string expression, params string[] metrics) =>
        MonitoringFolder.MetricsOf(expression).ShouldBe(metrics, ignoreOrder: true);

    private static async Task AgreesAsync(params IReadOnlyList<string> arguments)
    {
        var (exitCode, output) = await Promtool.Find().RunAsync("", TestContext.Current.CancellationToken, arguments);
        exitCode.ShouldBe(0, output);
    }

    [GeneratedRegex("^## .*$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}

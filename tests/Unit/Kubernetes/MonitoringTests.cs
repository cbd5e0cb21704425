using System.Text.Json.Nodes;
using Tests.Servers;

namespace Tests.Unit.Kubernetes;

/// <summary>In a cluster Prometheus judges by the same rules, and finds by another way what they rest on.</summary>
public sealed class MonitoringTests
{
    [Theory]
    [InlineData("prometheus-rules", "rules", "*.yaml")]
    [InlineData("grafana-dashboards", "grafana", "*.json")]
    public async Task every_file_of_monitoring_is_in_the_cluster_as_it_is(string map, string folder, string pattern)
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);
        var path = RepoFiles.At("monitoring", folder);
        var files = Directory.Exists(path) ? Directory.GetFiles(path, pattern) : [];

        var data = rendered.Of("ConfigMap").Where(m => m.Name == map || m.Name.StartsWith($"{map}-", StringComparison.Ordinal))
            .SelectMany(m => m.Node.Texts("data")).ToDictionary(StringComparer.Ordinal);

        data.Keys.ShouldBe(files.Select(f => Path.GetFileName(f)), ignoreOrder: true);
        foreach (var file in files)
        {
            data[Path.GetFileName(file)].ShouldBe(File.ReadAllText(file));
        }
    }

    [Fact]
    public async Task each_pod_is_asked_where_it_listens_with_the_labels_that_the_rules_rest_on()
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);
        var scrapes = Read(File.ReadAllText(RepoFiles.At("k8s", "base", "prometheus", "prometheus.yml"))).All("scrape_configs").ToList();

        var asked = scrapes.SelectMany(s => s.All("dns_sd_configs"), (s, d) => (
            Job: JobOf(s), App: d.Text("names/0")!.Replace("-pods", "", StringComparison.Ordinal), Service: d.Text("names/0")!, Port: d.Text("port")!)).ToList();

        foreach (var (job, app, service, port) in asked)
        {
            var found = rendered.One("Service", service);
            (found.Node.Text("spec/clusterIP"), found.Node.Text("spec/publishNotReadyAddresses")).ShouldBe(("None", "true"), service);
            var workload = rendered.Apps.Single(a => a.Name == app);
            port.ShouldBe($"{workload.Ports[job == "dapr" ? "dapr-metrics" : "http"]}", service);
        }

        // monitoring/prometheus.yml is for one machine.
        var local = Read(File.ReadAllText(RepoFiles.At("monitoring", "prometheus.yml"))).All("scrape_configs")
            .SelectMany(s => s.All("static_configs"), (s, t) => (Job: t.Text("labels/job") ?? s.Text("job_name")!, App: t.Text("labels/app")))
            .Where(t => t.App is not null).Select(t => (t.Job, t.App!));
        asked.Select(a => (a.Job, a.App)).ShouldBe(local, ignoreOrder: true);
    }

    [Fact]
    public async Task prometheus_takes_the_configuration()
    {
        var file = RepoFiles.At("k8s", "base", "prometheus", "prometheus.yml");

        var (exitCode, output) = await Promtool.Find().RunAsync("", TestContext.Current.CancellationToken, "check", "config", "--syntax-only", file);

        exitCode.ShouldBe(0, output);
    }

    private static JsonNode Read(string yaml) => Manifest.Read(yaml).Single().Node;

    private static string JobOf(JsonNode scrape) =>
        scrape.All("relabel_configs").FirstOrDefault(r => r.Text("target_label") == "job").Text("replacement") ?? scrape.Text("job_name")!;
}

using System.Text.Json.Nodes;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Kubernetes.Rules;

/// <summary>The apps' pods say the same as dapr.yaml and the code: ids, ports, health checks, settings, images.</summary>
internal static class Apps
{
    // What the framework and Dapr's and OpenTelemetry's packages read.
    private static readonly string[] Standard = ["ASPNETCORE_HTTP_PORTS", "DAPR_API_TOKEN", "OTEL_EXPORTER_ZIPKIN_ENDPOINT"];

    private static readonly Lazy<string> Code = new(() => string.Join('\n',
        Directory.EnumerateFiles(RepoFiles.At("services"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText)));

    public static IEnumerable<string> Find(Rendered rendered)
    {
        var run = (JsonNode)Manifest.Read(File.ReadAllText(RepoFiles.At("dapr.yaml"))).Single().Node;
        var expected = run.All("apps").ToDictionary(a => a.Text("appID")!, StringComparer.Ordinal);
        foreach (var id in expected.Keys.Except(rendered.Apps.Select(a => a.Annotations["dapr.io/app-id"])))
        {
            yield return $"there is no app '{id}'";
        }

        foreach (var workload in rendered.Apps)
        {
            foreach (var problem in Pod(rendered, workload, run.At("common")!, expected.GetValueOrDefault(workload.Annotations["dapr.io/app-id"])))
            {
                yield return $"{workload}: {problem}";
            }
        }
    }

    private static IEnumerable<string> Pod(Rendered rendered, Workload workload, JsonNode common, JsonNode? app)
    {
        var container = workload.Containers.Single();
        var env = container.All("env").ToDictionary(e => e.Text("name")!, StringComparer.Ordinal);
        var port = app.Text("appPort");
        (string What, string? Is, string? ShouldBe)[] equal =
        [
            ("app-id", workload.Annotations["dapr.io/app-id"], workload.Name),
            ("app-port", workload.Annotations["dapr.io/app-port"], port),
            ("port of the container", container.Text("ports/0/containerPort"), port),
            ("ASPNETCORE_HTTP_PORTS", env["ASPNETCORE_HTTP_PORTS"].Text("value"), port),
            ("metrics-port", workload.Annotations["dapr.io/metrics-port"], app.Text("metricsPort")),
            ("enable-app-health-check", workload.Annotations["dapr.io/enable-app-health-check"], common.Text("enableAppHealthCheck")),
            ("app-health-check-path", workload.Annotations["dapr.io/app-health-check-path"], common.Text("appHealthCheckPath")),
            ("app-health-check-path", workload.Annotations["dapr.io/app-health-check-path"], HealthPaths.Ready),
            ("app-health-probe-interval", workload.Annotations["dapr.io/app-health-probe-interval"], common.Text("appHealthProbeInterval")),
            ("app-health-probe-timeout", workload.Annotations["dapr.io/app-health-probe-timeout"], common.Text("appHealthProbeTimeout")),
            ("app-health-threshold", workload.Annotations["dapr.io/app-health-threshold"], common.Text("appHealthThreshold")),
            ("startup probe", container.Text("startupProbe/httpGet/path"), HealthPaths.Live),
            ("liveness probe", container.Text("livenessProbe/httpGet/path"), HealthPaths.Live),
            ("readiness probe", container.Text("readinessProbe/httpGet/path"), HealthPaths.Ready),
            ("image", container.Text("image")!.Split(':')[0], $"daprconsistency/{workload.Name}"),
            ("data directory", container.All("volumeMounts").Any(m => m.Text("mountPath") == env["DATA_DIR"].Text("value")) ? "mounted" : "not mounted", "mounted"),
            ("token of the sidecar", env["DAPR_API_TOKEN"].Text("valueFrom/secretKeyRef/name"), workload.Annotations["dapr.io/api-token-secret"]),
            ("token of the app", env.GetValueOrDefault("APP_API_TOKEN").Text("valueFrom/secretKeyRef/name"), workload.Annotations.GetValueOrDefault("dapr.io/app-token-secret")),
        ];
        foreach (var (what, actual, should) in equal.Where(e => e.Is != e.ShouldBe))
        {
            yield return $"{what} is '{actual}' and not '{should}'";
        }

        if (!rendered.Of("Configuration").Any(c => c.Name == workload.Annotations["dapr.io/config"]))
        {
            yield return $"there is no Configuration '{workload.Annotations["dapr.io/config"]}'";
        }

        foreach (var name in env.Keys.Except(Standard).Where(n => !Code.Value.Contains($"\"{n.Replace("__", ":", StringComparison.Ordinal)}\"", StringComparison.Ordinal)))
        {
            yield return $"nobody reads the variable {name}";
        }

        // preStop, the app's own limit, the sidecar's, one after the other: then the kubelet kills.
        var needed = (int)(container.At("lifecycle/preStop/sleep/seconds") ?? 0) + (int)AppDefaults.ShutdownLimit.TotalSeconds
            + int.Parse(workload.Annotations["dapr.io/graceful-shutdown-seconds"]);
        if ((int)(workload.Pod.At("terminationGracePeriodSeconds") ?? 30) < needed)
        {
            yield return $"{workload.Pod.At("terminationGracePeriodSeconds")} s are less than the {needed} s that an orderly end may take";
        }
    }
}

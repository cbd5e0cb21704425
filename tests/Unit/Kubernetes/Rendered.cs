using System.Text.Json.Nodes;

namespace Tests.Unit.Kubernetes;

/// <summary>All objects of an overlay.</summary>
internal sealed record Rendered(string Overlay, IReadOnlyList<Manifest> Manifests)
{
    /// <summary>What runs pods.</summary>
    public IEnumerable<Workload> Workloads => Of("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob").Select(m => new Workload(m));

    /// <summary>The workloads with a Dapr sidecar.</summary>
    public IEnumerable<Workload> Apps => Workloads.Where(w => w.IsApp);

    public string Namespace => Of("Namespace").Single().Name;

    public IEnumerable<Manifest> Of(params IReadOnlyList<string> kinds) => Manifests.Where(m => kinds.Contains(m.Kind));

    public Manifest One(string kind, string name) => Manifests.Single(m => m.Kind == kind && m.Name == name);

    /// <summary>The same with one value changed, added, or, by null, removed: a mistake that a rule must find.</summary>
    /// <param name="target">Kind and name, with a space between them.</param>
    /// <param name="path">Where, with slashes; "~1" is a slash in a name.</param>
    /// <param name="value">JSON.</param>
    public Rendered With(string target, string path, string? value)
    {
        var mutant = Manifests.Select(m => new Manifest((JsonObject)m.Node.DeepClone())).ToList();
        var steps = path.Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal)).ToList();
        var parent = steps[..^1].Aggregate(
            (JsonNode)mutant.Single(m => m.ToString() == target).Node, (node, step) => node is JsonArray list ? list[int.Parse(step)]! : node[step]!);
        var changed = value is null ? null : JsonNode.Parse(value);
        if (parent is JsonArray at)
        {
            at[int.Parse(steps[^1])] = changed;
        }
        else if (value is null)
        {
            ((JsonObject)parent).Remove(steps[^1]).ShouldBeTrue(path);
        }
        else
        {
            parent[steps[^1]] = changed;
        }

        return this with { Manifests = mutant };
    }
}

/// <summary>An object that runs pods.</summary>
internal sealed record Workload(Manifest Manifest)
{
    public string Name => Manifest.Name;

    public JsonNode Pod => Manifest.At("spec/template/spec")!;

    public Dictionary<string, string> Labels => Manifest.Node.Texts("spec/template/metadata/labels");

    public Dictionary<string, string> Annotations => Manifest.Node.Texts("spec/template/metadata/annotations");

    public bool IsApp => Annotations.GetValueOrDefault("dapr.io/enabled") == "true";

    public IEnumerable<JsonNode> Containers => Pod.All("containers").Concat(Pod.All("initContainers"));

    /// <summary>Ports of the containers, by name, and those of the sidecar.</summary>
    public IReadOnlyDictionary<string, int> Ports =>
        Containers.SelectMany(c => c.All("ports")).Select(p => (Name: p.Text("name")!, Port: (int)p.At("containerPort")!))
            .Concat(IsApp ? [("dapr-internal", 50002), ("dapr-metrics", int.Parse(Annotations["dapr.io/metrics-port"]))] : [])
            .ToDictionary(p => p.Name, p => p.Port, StringComparer.Ordinal);

    public override string ToString() => Manifest.ToString();
}

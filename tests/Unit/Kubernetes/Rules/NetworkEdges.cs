using System.Text.Json.Nodes;

namespace Tests.Unit.Kubernetes.Rules;

/// <summary>Who reaches whom on which port, as the NetworkPolicies have it at both ends.</summary>
internal static class NetworkEdges
{
    /// <summary>Edges as "from -> to:port". Whoever is outside of the namespace is named by the labels that a policy asks for.</summary>
    public static IReadOnlyList<string> Allowed(Rendered rendered) =>
        [.. Half(rendered, "egress").Intersect(Half(rendered, "ingress")).Concat(Half(rendered, "egress").Where(IsToOutside)).Concat(Half(rendered, "ingress").Where(IsFromOutside))
            .Order(StringComparer.Ordinal)];

    /// <summary>Pods that a policy does not isolate, edges that only one end allows, and ports that nobody has.</summary>
    public static IEnumerable<string> Find(Rendered rendered)
    {
        foreach (var (workload, direction) in rendered.Workloads.SelectMany(w => new[] { "Ingress", "Egress" }.Select(d => (w, d))))
        {
            if (!Selecting(rendered, workload).Any(p => p.Node.All("spec/policyTypes").Any(t => t.ToString() == direction)))
            {
                yield return $"{workload}: no policy holds for its {direction}";
            }
        }

        var (egress, ingress) = (Half(rendered, "egress").ToHashSet(), Half(rendered, "ingress").ToHashSet());
        foreach (var edge in egress.Where(e => !IsToOutside(e)).Except(ingress).Where(e => !IsItself(e)))
        {
            yield return $"{edge}: is allowed to leave, and not to come in";
        }

        foreach (var edge in ingress.Where(e => !IsFromOutside(e)).Except(egress).Where(e => !IsItself(e)))
        {
            yield return $"{edge}: is allowed to come in, and not to leave";
        }

        foreach (var edge in ingress)
        {
            var (name, port) = (edge.Split(" -> ")[1].Split(':')[0], edge.Split(':')[^1]);
            if (!rendered.Workloads.Single(w => w.Name == name).Ports.Values.Any(p => $"{p}" == port))
            {
                yield return $"{edge}: nobody listens there";
            }
        }
    }

    private static bool IsToOutside(string edge) => edge.Split(" -> ")[1].StartsWith('[');

    private static bool IsFromOutside(string edge) => edge.StartsWith('[');

    private static bool IsItself(string edge) => edge.Split(" -> ") is [var from, var to] && to.Split(':')[0] == from;

    private static IEnumerable<Manifest> Selecting(Rendered rendered, Workload workload) =>
        rendered.Of("NetworkPolicy").Where(p => Matches(p.At("spec/podSelector"), workload.Labels));

    private static IEnumerable<string> Half(Rendered rendered, string direction) => (
        from workload in rendered.Workloads
        from policy in Selecting(rendered, workload)
        from rule in policy.Node.All($"spec/{direction}")
        from peer in rule.All(direction == "egress" ? "to" : "from").SelectMany(p => Peers(rendered, p)).DefaultIfEmpty("[anybody]")
        from port in rule.All("ports").Select(p => p.Text("port")!).DefaultIfEmpty("any")
        select direction == "egress" ? $"{workload.Name} -> {peer}:{port}" : $"{peer} -> {workload.Name}:{port}").Distinct();

    private static IEnumerable<string> Peers(Rendered rendered, JsonNode peer)
    {
        if (peer.At("ipBlock") is { } block)
        {
            return [$"[{block.Text("cidr")}]"];
        }

        var labels = peer.Texts("namespaceSelector/matchLabels").Concat(peer.Texts("podSelector/matchLabels")).Select(l => $"{l.Key}={l.Value}");
        return peer.At("namespaceSelector") is null
            ? rendered.Workloads.Where(w => Matches(peer.At("podSelector"), w.Labels)).Select(w => w.Name).DefaultIfEmpty("(nobody)")
            : [$"[{string.Join(' ', labels)}]"];
    }

    private static bool Matches(JsonNode? selector, Dictionary<string, string> labels) =>
        !selector.Texts("matchLabels").Except(labels).Any()
        && selector.All("matchExpressions").All(e => e.Text("operator") switch
        {
            "In" => labels.TryGetValue(e.Text("key")!, out var value) && e.All("values").Any(v => v.ToString() == value),
            var other => throw new NotSupportedException(other),
        });
}

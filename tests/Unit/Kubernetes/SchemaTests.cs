namespace Tests.Unit.Kubernetes;

/// <summary>Every object has only fields that Kubernetes and Dapr's definitions have, each of its type.</summary>
public sealed class SchemaTests
{
    // Mistakes that must be found: object, where, what (JSON; null: removed).
    private static readonly (string Target, string Path, string? Value)[] Mistakes =
    [
        ("Deployment gateway", "spec/replica", "2"),
        ("Deployment gateway", "spec/selector", null),
        ("Deployment gateway", "spec/template/spec/containers/0/ports/0/containerPort", "\"5100\""),
        ("Deployment gateway", "spec/template/spec/containers/0/readinessProbe/periodSecond", "5"),
        ("Deployment gateway", "spec/template/spec/containers/0/readinessProbe/httpGet/port", null),
        ("Deployment gateway", "spec/template/spec/containers/0/securityContext/readOnlyRootFileSystem", "true"),
        ("Deployment gateway", "spec/template/spec/containers/0/resources/limits/memory", "512"),
        ("Deployment gateway", "apiVersion", "\"apps/v2\""),
        ("Deployment gateway", "kind", "\"Deploiment\""),
        ("StatefulSet orders", "spec/template/spec/containers/0/lifecycle/preStop/sleep", "{\"second\":5}"),
        ("StatefulSet orders", "spec/template/spec/serviceAccount_name", "\"x\""),
        ("StatefulSet orders", "spec/volumeClaimTemplates/0/spec/accessModes", "\"ReadWriteOnce\""),
        ("HorizontalPodAutoscaler gateway", "spec/minReplica", "2"),
        ("PodDisruptionBudget gateway", "spec/minAvailable", "[1]"),
        ("NetworkPolicy gateway", "spec/ingress/0/form", "[]"),
        ("Ingress gateway", "spec/rules/0/http/paths/0/pathType", null),
        ("Namespace daprconsistency", "metadata/label", "{}"),
        ("Component pubsub", "spec/metadata/0/valeu", "\"x\""),
        ("Component pubsub", "spec/metadata/0/value", "5"),
        ("Component pubsub", "scope", "[]"),
        ("Configuration configuration", "spec/tracing/zipkin/endpoint", "\"x\""),
        ("Configuration configuration", "spec/accessControl/policies/0/operations/0/verb", "[]"),
        ("Configuration configuration", "spec/tracing/samplingRate", "1"),
        ("Resiliency resiliency", "spec/policies/retries/delivery/maxInterval", "10"),
        ("Resiliency resiliency", "spec/targets/apps/orders/retries", "\"x\""),
    ];

    [Fact]
    public async Task unknown_fields_wrong_types_and_missing_fields_are_found_and_ours_have_none()
    {
        var overlays = new List<Rendered>();
        foreach (var overlay in Overlays.Names)
        {
            overlays.Add(await Overlays.RenderAsync(overlay));
        }

        var ours = overlays.SelectMany(o => o.Manifests).ToList();
        var kind = overlays.Single(o => o.Overlay == Overlays.Kind);
        var mutants = Mistakes.Select(m =>
        {
            var at = kind.Manifests.ToList().FindIndex(x => x.ToString() == m.Target);
            return kind.With(m.Target, m.Path, m.Value).Manifests[at];
        });

        var problems = await SchemaCheck.FindAsync([.. ours, .. mutants]);

        Enumerable.Range(0, ours.Count).SelectMany(i => problems[i].Select(p => $"{ours[i]}: {p}")).ShouldBeEmpty();
        Mistakes.Where((_, i) => !problems[ours.Count + i].Any()).ShouldBeEmpty("these mistakes were not found");
    }
}

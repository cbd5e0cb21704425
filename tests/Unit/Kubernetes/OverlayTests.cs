using Tests.Unit.Kubernetes.Rules;

namespace Tests.Unit.Kubernetes;

/// <summary>Every overlay renders, and its objects agree with each other, with dapr.yaml and with the code. Each rule finds the mistakes it is for.</summary>
public sealed class OverlayTests
{
    private static readonly Dictionary<string, Func<Rendered, IEnumerable<string>>> Rules = new(StringComparer.Ordinal)
    {
        [nameof(DaprAnnotations)] = DaprAnnotations.Find,
        [nameof(Restricted)] = Restricted.Find,
        [nameof(References)] = References.Find,
        [nameof(NetworkEdges)] = NetworkEdges.Find,
        [nameof(Apps)] = Apps.Find,
    };

    public static TheoryData<string> Names => Overlays.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task an_overlay_renders_without_a_warning(string overlay)
    {
        var (exitCode, output, errors) = await Overlays.RunAsync(overlay);

        (exitCode, errors).ShouldBe((0, ""));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task its_objects_agree(string overlay)
    {
        var rendered = await Overlays.RenderAsync(overlay);

        Rules.SelectMany(rule => rule.Value(rendered).Select(problem => $"{rule.Key}: {problem}")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DaprAnnotations", "Deployment gateway", "spec/template/metadata/annotations/dapr.io~1app-idd", "\"gateway\"", "dapr.io/app-idd is unknown")]
    [InlineData("DaprAnnotations", "Deployment gateway", "spec/template/metadata/annotations/dapr.io~1app-port", "\"http\"", "'http' is no value")]
    [InlineData("DaprAnnotations", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1log-as-json", "\"yes\"", "'yes' is no value")]
    [InlineData("DaprAnnotations", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1sidecar-memory-limit", "\"512 MB\"", "'512 MB' is no value")]
    [InlineData("Restricted", "Namespace daprconsistency", "metadata/labels/pod-security.kubernetes.io~1enforce", "\"baseline\"", "does not enforce")]
    [InlineData("Restricted", "StatefulSet redis", "spec/template/spec/securityContext/runAsUser", "0", "runs as root")]
    [InlineData("Restricted", "Deployment zipkin", "spec/template/spec/securityContext/runAsUser", null, "whose number is not said")]
    [InlineData("Restricted", "StatefulSet orders", "spec/template/spec/containers/0/securityContext/capabilities/drop", "[\"NET_RAW\"]", "has capabilities")]
    [InlineData("Restricted", "StatefulSet prometheus", "spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem", "false", "write its root file system")]
    [InlineData("Restricted", "StatefulSet orders", "spec/template/spec/securityContext/seccompProfile", null, "no seccomp profile")]
    [InlineData("Restricted", "StatefulSet orders", "spec/template/spec/volumes/0", "{\"name\":\"tmp\",\"hostPath\":{\"path\":\"/\"}}", "a volume of kind hostPath")]
    [InlineData("Restricted", "StatefulSet orders", "spec/template/spec/containers/0/livenessProbe", null, "has no livenessProbe")]
    [InlineData("Restricted", "StatefulSet orders", "spec/template/spec/containers/0/volumeMounts/0/name", "\"date\"", "mounts 'date', which is no volume")]
    [InlineData("Restricted", "StatefulSet redis", "spec/template/spec/containers/0/image", "\"redis:latest\"", "no image of a version")]
    [InlineData("References", "StatefulSet orders", "spec/selector/matchLabels", "{\"app\":\"orders\"}", "selector does not match its pods")]
    [InlineData("References", "StatefulSet orders", "spec/selector/matchLabels", "{\"app.kubernetes.io/component\":\"service\"}", "matches another's pods")]
    [InlineData("References", "StatefulSet orders", "spec/serviceName", "\"orders\"", "there is no Service 'orders'")]
    [InlineData("References", "StatefulSet orders", "spec/template/spec/serviceAccountName", "\"default\"", "there is no account 'default'")]
    [InlineData("References", "Service gateway", "spec/ports/0/targetPort", "\"https\"", "has no port 'https'")]
    [InlineData("References", "Service orders-pods", "spec/ports/1/targetPort", "9090", "has no port '9090'")]
    [InlineData("References", "Service gateway", "spec/selector", "{\"app\":\"gateway\"}", "matches the pods of 0 workloads")]
    [InlineData("References", "Ingress gateway", "spec/rules/0/http/paths/0/backend/service/port/name", "\"web\"", "no Service 'gateway' with a port 'web'")]
    [InlineData("References", "Deployment gateway", "spec/template/spec/volumes/2/secret/secretName", "\"keys\"", "nobody makes the Secret 'keys'")]
    [InlineData("References", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1app-token-secret", "\"redis\"", "'redis' has no key 'token'")]
    [InlineData("References", "Component pubsub", "spec/metadata/2/secretKeyRef/key", "\"REDIS_PASSWORD\"", "'redis' has no key 'REDIS_PASSWORD'")]
    [InlineData("References", "HorizontalPodAutoscaler gateway", "spec/scaleTargetRef/name", "\"gate\"", "scales nothing")]
    [InlineData("References", "Deployment gateway", "spec/replicas", "2", "says itself how many")]
    [InlineData("References", "PodDisruptionBudget services", "spec/selector/matchLabels", "{\"tier\":\"service\"}", "keeps no pods")]
    [InlineData("NetworkEdges", "NetworkPolicy nothing-else", "spec/podSelector", "{\"matchLabels\":{\"a\":\"b\"}}", "no policy holds for its Ingress")]
    [InlineData("NetworkEdges", "NetworkPolicy orders", "spec/ingress/0/ports/0/port", "50003", "inventory -> orders:50002: is allowed to leave")]
    [InlineData("NetworkEdges", "NetworkPolicy redis", "spec/ingress", "[]", "orders -> redis:6379: is allowed to leave, and not to come in")]
    [InlineData("NetworkEdges", "NetworkPolicy gateway", "spec/ingress/0/ports/0/port", "8080", "gateway:8080: nobody listens there")]
    [InlineData("Apps", "Deployment gateway", "spec/template/spec/containers/0/ports/0/containerPort", "5101", "port of the container is '5101' and not '5100'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1app-port", "\"5102\"", "app-port is '5102' and not '5101'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1app-health-threshold", "\"5\"", "app-health-threshold is '5' and not '3'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/metadata/annotations/dapr.io~1config", "\"config\"", "no Configuration 'config'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/spec/containers/0/livenessProbe/httpGet/path", "\"/live\"", "liveness probe is '/live'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/spec/containers/0/image", "\"orders:1\"", "image is 'orders'")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/spec/containers/0/env/2/name", "\"Durabilty\"", "nobody reads the variable Durabilty")]
    [InlineData("Apps", "StatefulSet orders", "spec/template/spec/terminationGracePeriodSeconds", "15", "15 s are less than the 20 s")]
    public async Task a_mistake_is_found(string rule, string target, string path, string? value, string expected)
    {
        var rendered = await Overlays.RenderAsync(Overlays.Kind);

        Rules[rule](rendered.With(target, path, value)).ShouldContain(p => p.Contains(expected, StringComparison.Ordinal));
    }
}

using Tests.Unit.Kubernetes.Rules;

namespace Tests.Unit.Kubernetes;

/// <summary>Every connection that the system needs is allowed, and no other.</summary>
public sealed class NetworkTests
{
    private static readonly string[] Apps = ["gateway", "orders", "inventory", "invoices"];

    // From sidecar to sidecar: what the gateway forwards to and follows; the steps of Orders' workflows; the feeds that services follow.
    private static readonly string[] Calls =
    [
        "gateway -> orders", "gateway -> inventory", "gateway -> invoices", "orders -> inventory", "orders -> invoices", "inventory -> orders",
        "invoices -> orders",
    ];

    private static readonly string[] ControlPlane =
    [
        "[kubernetes.io/metadata.name=dapr-system app=dapr-operator]:6500",
        "[kubernetes.io/metadata.name=dapr-system app=dapr-sentry]:50001",
        "[kubernetes.io/metadata.name=dapr-system app=dapr-placement-server]:50005",
        "[kubernetes.io/metadata.name=dapr-system app=dapr-scheduler-server]:50006",
    ];

    [Theory]
    [InlineData("kind")]
    [InlineData("kafka", "[kubernetes.io/metadata.name=kafka]:9092")]
    [InlineData("azure-servicebus", "[0.0.0.0/0]:443", "[0.0.0.0/0]:5671")]
    public async Task the_edges_are_those_that_the_system_needs(string overlay, params string[] brokers)
    {
        var rendered = await Overlays.RenderAsync(overlay);
        var expected = Calls.Select(c => $"{c}:50002")
            .Concat(Apps.SelectMany((app, i) => new[]
            {
                $"{app} -> redis:6379", $"{app} -> zipkin:9411", $"prometheus -> {app}:{5100 + i}", $"prometheus -> {app}:{3700 + i}",
            }))
            .Concat(Apps.SelectMany(app => ControlPlane.Select(c => $"{app} -> {c}")))
            .Concat(rendered.Workloads.Select(w => $"{w.Name} -> [kubernetes.io/metadata.name=kube-system k8s-app=kube-dns]:53"))
            .Concat(Apps.Skip(1).SelectMany(app => brokers.Select(b => $"{app} -> {b}")))
            .Append("[daprconsistency.io/ingress=true] -> gateway:5100");

        NetworkEdges.Allowed(rendered).ShouldBe(expected.Order(StringComparer.Ordinal));
    }
}

namespace Tests.Unit.Sidecar.Resources;

/// <summary>Kubernetes takes the folders of components by kustomize, whose own file lies beside them.</summary>
public sealed class KustomizationTests : IDisposable
{
    private const string Kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [cron.yaml]\n";

    private readonly ResourceFolder _folder = new ResourceFolder().With(
        "cron.yaml",
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: sync}
        spec: {type: bindings.cron, version: v1, metadata: [{name: schedule, value: "*/5 * * * * *"}]}
        """);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kustomization.yaml")]
    [InlineData("kustomization.yml")]
    public void kustomizes_own_file_is_passed_by(string name) =>
        _folder.With(name, Kustomization).Load().Components.Select(c => c.Name).ShouldBe(["sync"]);

    [Fact]
    public void any_other_file_of_an_unknown_kind_is_refused() =>
        _folder.With("pubsub.yaml", Kustomization).Error().ShouldContain("'Kustomization' is not supported by the embedded sidecar");
}

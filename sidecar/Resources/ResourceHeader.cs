using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>What all resource files begin with: kind, apiVersion, metadata.name and, at the end, scopes.</summary>
internal sealed record ResourceHeader(string Kind, string ApiVersion, string Name, IReadOnlyList<string> Scopes)
{
    public const string V1Alpha1 = "dapr.io/v1alpha1";
    public const string V2Alpha1 = "dapr.io/v2alpha1";

    private static readonly Dictionary<string, string[]> Versions = new(StringComparer.Ordinal)
    {
        ["Component"] = [V1Alpha1],
        ["Configuration"] = [V1Alpha1],
        ["Resiliency"] = [V1Alpha1],
        ["Subscription"] = [V1Alpha1, V2Alpha1],
    };

    public static ResourceHeader Read(YamlMap document)
    {
        var kind = document.RequiredText("kind", "Component");
        if (!Versions.TryGetValue(kind, out var versions))
        {
            throw document.Error(
                "kind",
                $"'{kind}' is not supported by the embedded sidecar",
                $"Use one of: {string.Join(", ", Versions.Keys)}.");
        }

        var apiVersion = document.RequiredText("apiVersion", versions[0]);
        if (!versions.Contains(apiVersion, StringComparer.Ordinal))
        {
            throw document.Error(
                "apiVersion",
                $"'{apiVersion}' is not supported for kind {kind}",
                $"Write {string.Join(" or ", versions)}.");
        }

        var metadata = document.RequiredMap("metadata");
        var name = metadata.RequiredText("name", "pubsub");
        var space = metadata.Text("namespace");
        if (space is not null and not "default")
        {
            throw metadata.Error(
                "namespace",
                $"'{space}' is not supported: this sidecar runs everything in the namespace 'default'",
                "Remove it.");
        }

        // Free notes of Kubernetes; they mean nothing to Dapr itself.
        _ = metadata.Scalars("labels");
        _ = metadata.Scalars("annotations");
        metadata.Finish();
        return new ResourceHeader(kind, apiVersion, name, kind == "Configuration" ? [] : document.Texts("scopes"));
    }
}

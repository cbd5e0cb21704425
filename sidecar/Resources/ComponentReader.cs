using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>A component as written: references to secrets and environment variables not yet resolved.</summary>
/// <param name="Component">The component with its plain values only.</param>
/// <param name="SecretStore">auth.secretStore, or null.</param>
/// <param name="References">Values to be looked up.</param>
internal sealed record ComponentDraft(
    Component Component, string? SecretStore, IReadOnlyList<ValueReference> References);

/// <summary>A metadata value that stands somewhere else.</summary>
/// <param name="Name">Metadata name.</param>
/// <param name="Field">Field in the file, for errors.</param>
/// <param name="EnvRef">Environment variable, or null.</param>
/// <param name="SecretName">Secret, where <paramref name="EnvRef"/> is null.</param>
/// <param name="SecretKey">Key inside the secret; the secret's name where the file gives none.</param>
internal sealed record ValueReference(string Name, string Field, string? EnvRef, string SecretName, string SecretKey);

/// <summary>Reads kind <c>Component</c>.</summary>
internal static class ComponentReader
{
    // Components are shared by all apps of the process, so that a value cannot differ per app or start.
    private static readonly string[] Templates = ["{uuid}", "{podName}", "{namespace}", "{appID}"];

    public static ComponentDraft Read(YamlMap document, ResourceHeader header)
    {
        var spec = document.RequiredMap("spec");
        var type = spec.RequiredText("type", "pubsub.sqlite");
        var version = spec.Text("version") ?? "v1";
        if (version != "v1")
        {
            throw spec.Error("version", $"'{version}' is not supported", "Write v1.");
        }

        if (spec.Boolean("ignoreErrors") is true)
        {
            throw spec.Error(
                "ignoreErrors",
                "true is not supported by the embedded sidecar",
                "Remove it: a component that fails stops the start.");
        }

        spec.Unsupported("initTimeout", "Remove it.");
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var references = new List<ValueReference>();
        foreach (var item in spec.Maps("metadata"))
        {
            ReadItem(item, values, references);
        }

        spec.Finish();
        var auth = document.Map("auth");
        var secretStore = auth?.RequiredText("secretStore", "secrets");
        auth?.Finish();
        document.Finish();
        return new ComponentDraft(
            new Component(header.Name, type, version, values, header.Scopes, document.File) { Line = document.Line },
            secretStore,
            references);
    }

    private static void ReadItem(YamlMap item, Dictionary<string, string> values, List<ValueReference> references)
    {
        var name = item.RequiredText("name", "connectionString");
        if (values.ContainsKey(name) || references.Exists(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw item.Error("name", $"'{name}' is given twice", "Keep one of them.");
        }

        var value = item.AnyScalar("value");
        var envRef = item.Text("envRef");
        var secret = item.Map("secretKeyRef");
        if (new object?[] { value, envRef, secret }.Count(v => v is not null) != 1)
        {
            throw item.Error(
                "value", $"'{name}' needs exactly one of value, envRef and secretKeyRef", "Give one of them.");
        }

        if (value is not null)
        {
            if (Array.Find(Templates, t => value.Contains(t, StringComparison.Ordinal)) is { } template)
            {
                throw item.Error(
                    "value",
                    $"the template {template} is not supported by the embedded sidecar",
                    "Write the value itself.");
            }

            values.Add(name, value);
        }
        else if (envRef is not null)
        {
            references.Add(new ValueReference(name, item.At("envRef"), envRef, string.Empty, string.Empty));
        }
        else
        {
            var secretName = secret!.RequiredText("name", "redis-secret");
            references.Add(
                new ValueReference(name, item.At("secretKeyRef"), null, secretName, secret.Text("key") ?? secretName));
            secret.Finish();
        }

        item.Finish();
    }
}

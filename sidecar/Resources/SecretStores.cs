using System.Text.Json;

namespace Sidecar.Resources;

/// <summary>
/// Resolves <c>secretKeyRef</c> and <c>envRef</c>. Has Dapr's two local secret stores, <c>secretstores.local.env</c>
/// and <c>secretstores.local.file</c>; without auth.secretStore a secret is an environment variable.
/// </summary>
/// <param name="drafts">All components in scope, among them the secret stores.</param>
/// <param name="environment">Environment variables by name.</param>
internal sealed class SecretStores(IReadOnlyList<ComponentDraft> drafts, Func<string, string?> environment)
{
    public const string EnvironmentType = "secretstores.local.env";
    public const string FileType = "secretstores.local.file";

    private static readonly string[] EnvironmentMetadata = ["prefix"];
    private static readonly string[] FileMetadata = ["secretsFile", "nestedSeparator", "multiValued"];

    /// <summary>True for types that are secret stores of this sidecar.</summary>
    public static bool IsSecretStore(string type) => type is EnvironmentType or FileType;

    /// <summary>Refuses metadata that a secret store does not have; a misspelt name must not be ignored.</summary>
    /// <exception cref="ResourceException">A name is unknown.</exception>
    public static void Check(ComponentDraft draft)
    {
        var (component, references) = (draft.Component, draft.References);
        var known = component.Type switch
        {
            EnvironmentType => EnvironmentMetadata,
            FileType => FileMetadata,
            _ => null,
        };
        if (known is not null
            && component.Metadata.Keys.Concat(references.Select(r => r.Name))
                .FirstOrDefault(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new ResourceException(
                component.File,
                $"spec.metadata.{unknown}",
                $"{component.Type} has no metadata '{unknown}'",
                $"It has: {string.Join(", ", known)}.");
        }
    }

    /// <summary>The component with all its values.</summary>
    public Component Resolve(ComponentDraft draft)
    {
        if (draft.References.Count == 0)
        {
            return draft.Component;
        }

        var values = new Dictionary<string, string>(draft.Component.Metadata, StringComparer.OrdinalIgnoreCase);
        foreach (var reference in draft.References)
        {
            values.Add(reference.Name, reference.EnvRef is { } variable
                ? Variable(draft, reference, variable)
                : Secret(draft, reference));
        }

        return draft.Component with { Metadata = values };
    }

    private string Variable(ComponentDraft draft, ValueReference reference, string variable) =>
        Find(draft, reference, variable) is { Length: > 0 } value
            ? value
            : throw Error(
                draft,
                reference,
                $"the environment variable '{variable}' is not set",
                "Set it, or write the value in the file.");

    private string? Find(ComponentDraft draft, ValueReference reference, string variable)
    {
        // As Dapr: its own variables and tokens are no source of component values.
        if (variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase)
            || variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase)
            || variable.Contains(' ', StringComparison.Ordinal))
        {
            throw Error(
                draft, reference, $"the environment variable '{variable}' may not be referred to", "Use another name.");
        }

        return environment(variable);
    }

    private string Secret(ComponentDraft draft, ValueReference reference)
    {
        var store = draft.SecretStore is { } name ? Store(draft, name) : null;
        if (store?.Type == FileType)
        {
            var found = LocalSecretsFile.Read(store).GetValueOrDefault((reference.SecretName, reference.SecretKey));
            return found ?? throw Error(
                draft,
                reference,
                $"the secret '{reference.SecretName}', key '{reference.SecretKey}' is not in '{store.Name}'",
                "Add it to the secrets file.");
        }

        if (!reference.SecretKey.Equals(reference.SecretName, StringComparison.Ordinal))
        {
            throw Error(
                draft,
                reference,
                $"a secret from the environment has no key '{reference.SecretKey}'",
                $"Write key: {reference.SecretName}.");
        }

        // A variable that is not set is an empty secret to Dapr's store of them: the password of a server without one.
        return store is null
            ? Variable(draft, reference, reference.SecretName)
            : Find(draft, reference, (store.Metadata.GetValueOrDefault("prefix") ?? string.Empty) + reference.SecretName) ?? string.Empty;
    }

    private Component Store(ComponentDraft draft, string name)
    {
        var store = drafts.FirstOrDefault(d => d.Component.Name == name);
        if (store is null || !IsSecretStore(store.Component.Type) || store.References.Count > 0)
        {
            throw new ResourceException(
                draft.Component.File,
                "auth.secretStore",
                $"'{name}' is not a secret store in the resource directories",
                $"Add a component of type {EnvironmentType} or {FileType} with that name, "
                + "or remove auth to read environment variables.");
        }

        return store.Component;
    }

    private static ResourceException Error(
        ComponentDraft draft, ValueReference reference, string problem, string remedy) =>
        new(draft.Component.File, reference.Field, problem, remedy);
}

/// <summary>The JSON file of a <c>secretstores.local.file</c> component.</summary>
internal static class LocalSecretsFile
{
    /// <summary>All values by (secret, key). Source: Dapr docs, "Local file secret store".</summary>
    public static Dictionary<(string Secret, string Key), string> Read(Component store)
    {
        var path = store.Metadata.GetValueOrDefault("secretsFile")
            ?? throw new ResourceException(
                store.File, "spec.metadata", "secretsFile is missing", "Add it: the path of a JSON file.");
        var separator = store.Metadata.GetValueOrDefault("nestedSeparator") is { Length: > 0 } given ? given : ":";
        var multiValued = store.Metadata.GetValueOrDefault("multiValued") is "true";
        var values = new Dictionary<(string, string), string>();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var secret in json.RootElement.EnumerateObject())
            {
                foreach (var (key, value) in Flatten(string.Empty, secret.Value, separator))
                {
                    var whole = key.Length == 0 ? secret.Name : secret.Name + separator + key;
                    values[multiValued && key.Length > 0 ? (secret.Name, key) : (whole, whole)] = value;
                }
            }
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new ResourceException(
                store.File,
                "spec.metadata",
                $"secretsFile '{path}' cannot be read: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}",
                "Name a JSON file with one object.");
        }

        return values;
    }

    private static IEnumerable<(string Key, string Value)> Flatten(string prefix, JsonElement element, string separator)
    {
        IEnumerable<(string Name, JsonElement Value)>? parts = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(p => (p.Name, p.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select((v, i) => (i.ToString(), v)),
            _ => null,
        };
        return parts is null
            ? [(prefix, element.ToString())]
            : parts.SelectMany(
                p => Flatten(prefix.Length == 0 ? p.Name : prefix + separator + p.Name, p.Value, separator));
    }
}

using Sidecar.Resiliency;
using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>A directory to load, and where it was named, for errors.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="DeclaredIn">File or command-line option that names it.</param>
/// <param name="Field">Field in that file.</param>
public sealed record ResourceDirectory(string Path, string DeclaredIn, string Field);

/// <summary>What the resource directories hold for one app: everything in its scope, in load order.</summary>
/// <param name="Components">Components with all values resolved.</param>
/// <param name="Subscriptions">Declarative subscriptions.</param>
/// <param name="Resiliencies">Resiliency files; a later one overrides an earlier one name by name.</param>
public sealed record AppResources(
    IReadOnlyList<Component> Components,
    IReadOnlyList<Subscription> Subscriptions,
    IReadOnlyList<ResiliencyResource> Resiliencies);

/// <summary>
/// Loads resource directories as Dapr does: *.yaml and *.yml by name, several documents per file, no subdirectories.
/// Configuration files among them are checked, but only configFilePath puts one to use. Kustomize's own file, by which Kubernetes
/// takes the same folder, is passed by. daprd passes by every kind that it does not know (pkg/internal/loader/disk, decodeYaml), a misspelt one, too.
/// </summary>
public static class ResourceLoader
{
    // Names that kustomize looks for in a folder.
    private static readonly string[] Kustomizations = ["kustomization.yaml", "kustomization.yml"];

    /// <summary>Loads what <paramref name="appId"/> has in scope.</summary>
    /// <param name="directories">In the order in which they were declared.</param>
    /// <param name="appId">Whose sidecar asks.</param>
    /// <param name="environment">Environment variables by name, for secrets and envRef.</param>
    /// <exception cref="ResourceException">Anything in any of the files is wrong, missing or not supported.</exception>
    public static AppResources Load(
        IReadOnlyList<ResourceDirectory> directories, string appId, Func<string, string?> environment)
    {
        var drafts = new List<ComponentDraft>();
        var subscriptions = new List<Subscription>();
        var resiliencies = new List<ResiliencyResource>();
        var files = directories.SelectMany(Files).Distinct(StringComparer.Ordinal);
        foreach (var document in files.SelectMany(YamlFile.Read))
        {
            var header = ResourceHeader.Read(document);
            switch (header.Kind)
            {
                case "Component":
                    drafts.Add(ComponentReader.Read(document, header));
                    break;
                case "Subscription":
                    subscriptions.Add(SubscriptionReader.Read(document, header));
                    break;
                case "Resiliency":
                    resiliencies.Add(ResiliencyReader.Read(document, header));
                    break;
                default:
                    _ = ConfigurationReader.Read(document, header);
                    break;
            }
        }

        drafts.RemoveAll(d => !d.Component.IsInScope(appId));
        subscriptions.RemoveAll(s => s.Scopes.Count > 0 && !s.Scopes.Contains(appId));
        resiliencies.RemoveAll(r => !r.IsInScope(appId));
        RefuseDuplicates(drafts);
        RefuseUnknownPolicies(resiliencies);
        drafts.ForEach(SecretStores.Check);
        var secrets = new SecretStores(drafts, environment);
        return new AppResources([.. drafts.Select(secrets.Resolve)], subscriptions, resiliencies);
    }

    private static IEnumerable<string> Files(ResourceDirectory directory)
    {
        if (!Directory.Exists(directory.Path))
        {
            throw new ResourceException(
                directory.DeclaredIn,
                directory.Field,
                $"the directory '{directory.Path}' does not exist",
                "Create it or correct the path.");
        }

        return Directory.EnumerateFiles(directory.Path)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml" && !Kustomizations.Contains(Path.GetFileName(f), StringComparer.Ordinal))
            .Select(Path.GetFullPath)
            .Order(StringComparer.Ordinal);
    }

    private static void RefuseDuplicates(List<ComponentDraft> drafts)
    {
        var first = new Dictionary<string, Component>(StringComparer.Ordinal);
        foreach (var component in drafts.Select(d => d.Component))
        {
            if (!first.TryAdd(component.Name, component))
            {
                throw new ResourceException(
                    component.File,
                    "metadata.name",
                    $"the component '{component.Name}' is already defined in {first[component.Name].File}",
                    "Rename or remove one, or give them scopes that share no app.");
            }
        }
    }

    private static void RefuseUnknownPolicies(List<ResiliencyResource> resiliencies)
    {
        foreach (var resource in resiliencies)
        {
            foreach (var reference in resource.References)
            {
                var (section, names) = reference.Kind switch
                {
                    PolicyKind.Timeout => ("timeouts", resiliencies.SelectMany(r => r.Timeouts.Keys)),
                    PolicyKind.Retry => ("retries", resiliencies.SelectMany(r => r.Retries.Keys)),
                    _ => ("circuitBreakers", resiliencies.SelectMany(r => r.CircuitBreakers.Keys)),
                };
                var builtIn = reference.Kind == PolicyKind.Retry
                    && BuiltInRetries.All.ContainsKey(reference.Name);
                if (!builtIn && !names.Contains(reference.Name, StringComparer.Ordinal))
                {
                    var known = names.Distinct(StringComparer.Ordinal).DefaultIfEmpty("(none defined)");
                    throw new ResourceException(
                        resource.File,
                        reference.Field,
                        $"there is no policy '{reference.Name}' under spec.policies.{section}",
                        $"Add it there, or name one of: {string.Join(", ", known)}.");
                }
            }
        }
    }
}

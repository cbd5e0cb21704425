using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Resiliency;
using Sidecar.Resources;

namespace Sidecar.State;

/// <summary>A state store as one app sees it: with its name, its key prefix and its resiliency policy.</summary>
internal sealed class StateStoreEntry
{
    private const string Separator = "||";
    private const string KeyPrefixName = "keyPrefix";

    private readonly string _prefix;

    private StateStoreEntry(string name, string prefix, IStateStore store, IPolicy policy)
    {
        Name = name;
        _prefix = prefix;
        Store = store;
        Policy = policy;
    }

    /// <summary>Component name.</summary>
    public string Name { get; }

    /// <summary>The store.</summary>
    public IStateStore Store { get; }

    /// <summary>The outbound policy of the component.</summary>
    public IPolicy Policy { get; }

    /// <summary>All stores in scope of the app.</summary>
    public static Dictionary<string, StateStoreEntry> All(AppRuntime runtime) => runtime.StateStores.ToDictionary(
        static pair => pair.Key,
        pair => new StateStoreEntry(
            pair.Key,
            PrefixOf(pair.Key, runtime.Components.FirstOrDefault(component => component.Name == pair.Key), runtime.AppId),
            pair.Value,
            runtime.Policies.ForComponentOutbound(pair.Key)),
        StringComparer.Ordinal);

    /// <summary>The key as the store sees it, or null if it holds the separator, with which it could reach another app's values.</summary>
    public string? FullKey(string key) => key.Contains(Separator, StringComparison.Ordinal) ? null : _prefix + key;

    // Source: Dapr docs, "How-To: Share state between applications": appid (default), name, namespace, none, or any other text.
    private static string PrefixOf(string name, Component? component, string appId)
    {
        // Looked up without case, whatever comparer the dictionary has.
        var strategy = component?.Metadata
            .FirstOrDefault(static pair => pair.Key.Equals(KeyPrefixName, StringComparison.OrdinalIgnoreCase)).Value ?? "appid";
        if (strategy.Contains(Separator, StringComparison.Ordinal))
        {
            throw new ResourceException(
                component!.File, "spec.metadata.keyPrefix", $"'{strategy}' contains '{Separator}'", "Choose a prefix without it");
        }
        return strategy.ToLowerInvariant() switch
        {
            "none" => "",
            "name" => name + Separator,
            "appid" => appId + Separator,
            "namespace" => Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } space
                ? $"{space}.{appId}{Separator}"
                : appId + Separator,
            // Daprd lowers a custom prefix too.
            var custom => custom + Separator,
        };
    }
}

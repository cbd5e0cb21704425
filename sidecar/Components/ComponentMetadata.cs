using Sidecar.Resources;

namespace Sidecar.Components;

/// <summary>Checks that component implementations share.</summary>
internal static class ComponentMetadata
{
    /// <summary>
    /// Names that the runtime reads from every state store: the key prefix, and the mark of the store that keeps workflows (in Dapr's
    /// words: actor state).
    /// </summary>
    public static IReadOnlyList<string> OfEveryStateStore { get; } = ["keyPrefix", "actorStateStore"];

    /// <summary>The value, or null where the file has none.</summary>
    public static string? Find(Component component, string name) =>
        component.Metadata.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>A misspelt name must not be ignored silently.</summary>
    /// <exception cref="ResourceException">A name is not one of <paramref name="known"/>.</exception>
    public static void RefuseUnknown(Component component, IReadOnlyList<string> known)
    {
        foreach (var name in component.Metadata.Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new ResourceException(
                    component.File, $"spec.metadata.{name}", $"{component.Type} has no metadata '{name}'", $"It has: {string.Join(", ", known)}");
            }
        }
    }
}

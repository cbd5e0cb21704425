using Sidecar.Resources;

namespace Sidecar.Components.Settings;

/// <summary>What the runtime reads from the metadata of every input binding. Source: Dapr 1.18, pkg/runtime/processor/binding.</summary>
/// <param name="Path">Path of the app's endpoint: the metadata <c>route</c>, else the component's name.</param>
/// <param name="IsExplicit">True where <c>direction</c> says <c>input</c>: the app is not asked whether it wants the triggers.</param>
internal sealed record BindingSettings(string Path, bool IsExplicit)
{
    private const string Route = "route";
    private const string Direction = "direction";

    /// <summary>Names that belong to the runtime, not to the component.</summary>
    public static IReadOnlyList<string> Names { get; } = [Route, Direction];

    /// <summary>Reads them.</summary>
    /// <exception cref="ResourceException">The direction is another one: the app would silently get nothing.</exception>
    public static BindingSettings Of(Component component)
    {
        var route = ComponentMetadata.Find(component, Route);
        var direction = ComponentMetadata.Find(component, Direction);
        if (direction is not null && !direction.Trim().Equals("input", StringComparison.OrdinalIgnoreCase))
        {
            throw new ResourceException(
                component.File, $"spec.metadata.{Direction}", $"'{direction}' is not a direction of {component.Type}", "Write input, or remove it.");
        }
        return new("/" + (string.IsNullOrEmpty(route) ? component.Name : route).TrimStart('/'), direction is not null);
    }
}

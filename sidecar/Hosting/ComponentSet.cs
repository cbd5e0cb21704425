using Sidecar.Components;
using Sidecar.Resources;

namespace Sidecar.Hosting;

/// <summary>The running components of the process: built once per document, shared by the apps in scope.</summary>
internal sealed class ComponentSet(ComponentContext context) : IAsyncDisposable
{
    private readonly Dictionary<(string File, long Line), IAsyncDisposable> _built = [];

    /// <summary>Brokers among <paramref name="components"/>, by name; builds those that are not built yet.</summary>
    public Task<IReadOnlyDictionary<string, IPubSub>> PubSubsAsync(
        IReadOnlyList<Component> components, CancellationToken cancellationToken) =>
        BuildAsync(components, ComponentFactories.PubSubs, cancellationToken);

    /// <summary>
    /// State stores among <paramref name="components"/>, by name; builds those that are not built yet.
    /// </summary>
    public Task<IReadOnlyDictionary<string, IStateStore>> StateStoresAsync(
        IReadOnlyList<Component> components, CancellationToken cancellationToken) =>
        BuildAsync(components, ComponentFactories.StateStores, cancellationToken);

    /// <summary>
    /// Input bindings among <paramref name="components"/>, by name; builds those that are not built yet.
    /// </summary>
    public Task<IReadOnlyDictionary<string, IInputBinding>> InputBindingsAsync(
        IReadOnlyList<Component> components, CancellationToken cancellationToken) =>
        BuildAsync(components, ComponentFactories.InputBindings, cancellationToken);

    /// <summary>Refuses a component whose type this sidecar does not have.</summary>
    public static void RefuseUnknownTypes(IEnumerable<Component> components)
    {
        foreach (var component in components)
        {
            if (!SecretStores.IsSecretStore(component.Type)
                && !ComponentFactories.Types.Contains(component.Type, StringComparer.Ordinal))
            {
                throw new ResourceException(
                    component.File,
                    "spec.type",
                    $"the embedded sidecar has no '{component.Type}' (it has {string.Join(", ", ComponentFactories.Types)})",
                    "Use one of these, give --resources-path components/embedded for the embedded components, or run it with a real Dapr.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var component in _built.Values)
        {
            await component.DisposeAsync();
        }

        _built.Clear();
    }

    private async Task<IReadOnlyDictionary<string, T>> BuildAsync<T>(
        IReadOnlyList<Component> components,
        IReadOnlyDictionary<string, ComponentFactory<T>> factories,
        CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            if (!factories.TryGetValue(component.Type, out var factory))
            {
                continue;
            }

            if (!_built.TryGetValue((component.File, component.Line), out var built))
            {
                built = await factory(component, context, cancellationToken);
                if (built is IPubSub broker && context.TopicPrefix is { } prefix)
                {
                    built = new TemporaryTopics(broker, prefix, context.Loggers);
                }

                _built.Add((component.File, component.Line), built);
            }

            result.Add(component.Name, (T)built);
        }

        return result;
    }
}

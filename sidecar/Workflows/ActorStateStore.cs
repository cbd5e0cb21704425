using Sidecar.Components;
using Sidecar.Components.StateSqlite;
using Sidecar.Resources;

namespace Sidecar.Workflows;

/// <summary>
/// Where an app's workflows are kept. As with Dapr this is decided by the state store in its scope that says
/// <c>actorStateStore: "true"</c>; but each app has a file of its own beside the store's, so that apps never see each other's instances
/// and a busy workflow never waits for the state API's writer.
/// </summary>
/// <param name="Path">Full path of the engine's file.</param>
/// <param name="Component">Name of the state store that decided it.</param>
internal sealed record ActorStateStore(string Path, string Component)
{
    private const string Mark = "actorStateStore";
    private const string InMemory = "state.in-memory";
    private const string Sqlite = "state.sqlite";

    // What Dapr takes for true in metadata.
    private static readonly string[] True = ["y", "yes", "true", "t", "on", "1"];

    /// <summary>The store of an app; null where none of the components in its scope is an actor state store.</summary>
    /// <exception cref="ResourceException">Two are.</exception>
    public static ActorStateStore? Find(IEnumerable<Component> inScope, string appId, string dataDirectory)
    {
        var marked = inScope.Where(IsActorStateStore).ToList();
        return marked switch
        {
            [] => null,
            [var only] => new ActorStateStore(FileOf(only, appId, dataDirectory), only.Name),
            [var first, var second, ..] => throw new ResourceException(
                second.File, $"spec.metadata.{Mark}", $"detected duplicate actor state store: {first.Name} and {second.Name}",
                $"Mark one of the stores in scope of {appId}"),
        };
    }

    /// <summary>True if the component is a state store that is marked to keep actors, and so workflows.</summary>
    public static bool IsActorStateStore(Component component) =>
        component.Type.StartsWith("state.", StringComparison.Ordinal)
        && ComponentMetadata.Find(component, Mark) is { } value
        && True.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase);

    private static string FileOf(Component store, string appId, string dataDirectory)
    {
        var file = store.Type == Sqlite ? SqliteStateOptions.Read(store, dataDirectory).Path : System.IO.Path.Combine(dataDirectory, store.Name);
        var path = $"{System.IO.Path.ChangeExtension(file, null)}-workflows-{Uri.EscapeDataString(appId)}.db";
        if (store.Type == InMemory)
        {
            // A store that forgets at the end forgets its workflows, too.
            DeleteDatabase(path);
        }
        return path;
    }

    private static void DeleteDatabase(string path)
    {
        foreach (var file in new[] { path, $"{path}-wal", $"{path}-shm" })
        {
            File.Delete(file);
        }
    }
}

// Without nullable annotations, as the official types are.
#nullable disable

namespace Dapr.Client;

/// <summary>What a sidecar says about itself.</summary>
/// <param name="id">The app id that it serves.</param>
/// <param name="actors">Actor types that are active in the app.</param>
/// <param name="extended">Free attributes, see <see cref="DaprClient.SetMetadataAsync"/>.</param>
/// <param name="components">The components that it has loaded.</param>
public sealed class DaprMetadata(
    string id,
    IReadOnlyList<DaprActorMetadata> actors,
    IReadOnlyDictionary<string, string> extended,
    IReadOnlyList<DaprComponentsMetadata> components)
{
    /// <summary>The app id that it serves.</summary>
    public string Id { get; } = id;

    /// <summary>Actor types that are active in the app.</summary>
    public IReadOnlyList<DaprActorMetadata> Actors { get; } = actors;

    /// <summary>Free attributes, see <see cref="DaprClient.SetMetadataAsync"/>.</summary>
    public IReadOnlyDictionary<string, string> Extended { get; } = extended;

    /// <summary>The components that it has loaded.</summary>
    public IReadOnlyList<DaprComponentsMetadata> Components { get; } = components;
}

/// <summary>An actor type and how many of it are active.</summary>
/// <param name="type">The actor type.</param>
/// <param name="count">How many are active.</param>
public sealed class DaprActorMetadata(string type, int count)
{
    /// <summary>The actor type.</summary>
    public string Type { get; } = type;

    /// <summary>How many are active.</summary>
    public int Count { get; } = count;
}

/// <summary>A component that a sidecar has loaded.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type, such as <c>pubsub.redis</c>.</param>
/// <param name="version">Version of the type.</param>
/// <param name="capabilities">What it can do, such as <c>ETAG</c>.</param>
public sealed class DaprComponentsMetadata(string name, string type, string version, string[] capabilities)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its type, such as <c>pubsub.redis</c>.</summary>
    public string Type { get; } = type;

    /// <summary>Version of the type.</summary>
    public string Version { get; } = version;

    /// <summary>What it can do, such as <c>ETAG</c>.</summary>
    public string[] Capabilities { get; } = capabilities;
}

namespace Sidecar.Resources;

/// <summary>
/// A component file (kind <c>Component</c>, apiVersion <c>dapr.io/v1alpha1</c>) with secrets and environment references
/// resolved. Source: Dapr docs, "Component schema".
/// </summary>
/// <param name="Name">metadata.name, unique among the loaded resources.</param>
/// <param name="Type">spec.type, for example <c>pubsub.sqlite</c>.</param>
/// <param name="Version">spec.version, for example <c>v1</c>.</param>
/// <param name="Metadata">spec.metadata by name; names compare without case, as Dapr's do.</param>
/// <param name="Scopes">App ids that may use it; empty means all.</param>
/// <param name="File">Where it was read, for error messages.</param>
public sealed record Component(
    string Name,
    string Type,
    string Version,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Scopes,
    string File)
{
    /// <summary>Line where its document begins in <see cref="File"/>, which may hold several of one name.</summary>
    public long Line { get; init; }

    /// <summary>True if <paramref name="appId"/> may use this component.</summary>
    public bool IsInScope(string appId) => Scopes.Count == 0 || Scopes.Contains(appId);
}

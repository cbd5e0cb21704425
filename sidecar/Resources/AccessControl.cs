namespace Sidecar.Resources;

/// <summary>
/// spec.accessControl of a Configuration: who may call the app that has it. Source: Dapr docs, "How-To: Apply access control list
/// configuration for service invocation"; dapr/dapr pkg/acl.
/// </summary>
/// <param name="Allows">What holds for callers that no policy speaks of (spec.accessControl.defaultAction).</param>
/// <param name="TrustDomain">The trust domain of the app that has the configuration.</param>
/// <param name="Policies">Rules for callers, one per app id and namespace; of two, the last holds.</param>
public sealed record AccessControl(bool Allows, string TrustDomain, IReadOnlyList<AccessPolicy> Policies)
{
    /// <summary>The trust domain of apps whose configuration names none.</summary>
    public const string DefaultTrustDomain = "public";
}

/// <summary>What one caller may do.</summary>
/// <param name="AppId">The caller.</param>
/// <param name="Namespace">The caller's namespace.</param>
/// <param name="TrustDomain">The caller's trust domain.</param>
/// <param name="Allows">What holds for operations that are not listed; null for the global default.</param>
/// <param name="Operations">Rules per path.</param>
public sealed record AccessPolicy(
    string AppId, string Namespace, string TrustDomain, bool? Allows, IReadOnlyList<AccessOperation> Operations);

/// <summary>A rule for one path.</summary>
/// <param name="Name">The path, with a leading slash; <c>/**</c> stands for all that begins so, <c>/*</c> at the end for one segment,
/// <c>*</c> within a segment for any characters.</param>
/// <param name="Verbs">HTTP verbs in capitals, or <c>*</c>.</param>
/// <param name="Allows">Whether these are let in, or refused.</param>
public sealed record AccessOperation(string Name, IReadOnlyList<string> Verbs, bool Allows);

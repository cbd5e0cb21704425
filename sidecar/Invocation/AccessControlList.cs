using Sidecar.Hosting;
using Sidecar.Resources;

namespace Sidecar.Invocation;

/// <summary>Who calls. Real Dapr reads it from the caller's certificate; here the host knows it: it is whose sidecar was called.</summary>
/// <param name="AppId">The app's id.</param>
/// <param name="Namespace">The namespace that the host runs in.</param>
/// <param name="TrustDomain">Of the caller's own configuration.</param>
public sealed record CallerIdentity(string AppId, string Namespace, string TrustDomain)
{
    /// <summary>As certificates have it.</summary>
    public override string ToString() => $"spiffe://{TrustDomain}/ns/{Namespace}/{AppId}";
}

/// <summary>
/// Decides whether a call may reach an app: the list is that of the app that is called. Source: dapr/dapr pkg/acl/acl.go.
/// </summary>
public sealed class AccessControlList
{
    private const string NoVerb = "NONE";

    // What Dapr's protocol between sidecars has a name for; any other verb counts as none.
    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    private readonly bool _allows;
    private readonly Dictionary<(string AppId, string Namespace), (AccessPolicy Policy, OperationTrie Operations)> _policies = [];

    /// <summary>Prepares the list for look-ups.</summary>
    public AccessControlList(AccessControl definition)
    {
        _allows = definition.Allows;
        TrustDomain = definition.TrustDomain;
        foreach (var policy in definition.Policies)
        {
            var operations = new OperationTrie();
            foreach (var operation in policy.Operations)
            {
                operations.Put(operation);
            }
            _policies[(policy.AppId, policy.Namespace)] = (policy, operations);
        }
    }

    /// <summary>The trust domain of the app that has this list.</summary>
    public string TrustDomain { get; }

    /// <summary>Null where <paramref name="caller"/> may make the call, else why not, in daprd's words (gRPC PermissionDenied).</summary>
    /// <param name="caller">The sidecar that was called. Its own app is not protected from itself, as in Dapr.</param>
    /// <param name="callee">The app that it is to call.</param>
    /// <param name="method">As for <see cref="Allows"/>.</param>
    /// <param name="verb">HTTP verb.</param>
    public static string? Refuse(AppRuntime caller, IAppChannel callee, string method, string verb)
    {
        if (callee.Access is not { } list || callee.AppId == caller.AppId)
        {
            return null;
        }
        var identity = new CallerIdentity(
            caller.AppId, InvocationHeaders.Namespace, caller.App.Access?.TrustDomain ?? AccessControl.DefaultTrustDomain);
        return list.Allows(identity, method, verb)
            ? null
            : $"access control policy has denied access to id: {identity} operation: {method} verb: {VerbOf(verb)}";
    }

    /// <summary>True where the call may pass.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="method">The method path, unescaped and without <c>.</c> and <c>..</c>: the path that the app will see.</param>
    /// <param name="verb">HTTP verb.</param>
    public bool Allows(CallerIdentity caller, string method, string verb)
    {
        if (!_policies.TryGetValue((caller.AppId, caller.Namespace), out var found) || found.Policy.TrustDomain != caller.TrustDomain)
        {
            return _allows;
        }
        var (policy, operations) = found;
        if (operations.Search(method.StartsWith('/') ? method : "/" + method) is not { } operation)
        {
            return policy.Allows ?? _allows;
        }
        var known = VerbOf(verb);
        return known == NoVerb ? policy.Allows ?? false
            : operation.Verbs.Contains(known) || operation.Verbs.Contains("*") ? operation.Allows
            : policy.Allows ?? _allows;
    }

    private static string VerbOf(string verb) => Verbs.FirstOrDefault(v => v.Equals(verb, StringComparison.OrdinalIgnoreCase)) ?? NoVerb;
}

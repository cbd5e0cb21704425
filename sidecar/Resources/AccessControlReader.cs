using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>Reads spec.accessControl of kind <c>Configuration</c>.</summary>
internal static class AccessControlReader
{
    private static readonly Dictionary<string, bool> Actions = new(StringComparer.OrdinalIgnoreCase) { ["allow"] = true, ["deny"] = false };

    /// <summary>The list; null where the section says nothing, which leaves everything open, as in Dapr.</summary>
    /// <exception cref="ResourceException">A field is wrong, or one is missing that Dapr demands.</exception>
    public static AccessControl? Read(YamlMap section)
    {
        var allows = Action(section, "defaultAction");
        var domain = section.Text("trustDomain");
        var policies = section.Maps("policies").Select(ReadPolicy).ToList();
        section.Finish();
        return allows is null && domain is null && policies.Count == 0
            ? null
            : new AccessControl(allows ?? policies.Count == 0, domain ?? AccessControl.DefaultTrustDomain, policies);
    }

    private static AccessPolicy ReadPolicy(YamlMap map)
    {
        var policy = new AccessPolicy(
            map.RequiredText("appId", "gateway"),
            map.RequiredText("namespace", "default"),
            map.RequiredText("trustDomain", AccessControl.DefaultTrustDomain),
            Action(map, "defaultAction"),
            [.. map.Maps("operations").Select(ReadOperation)]);
        map.Finish();
        return policy;
    }

    private static AccessOperation ReadOperation(YamlMap map)
    {
        var name = map.RequiredText("name", "/orders/**");
        var verbs = map.Texts("httpVerb");
        // To Dapr, a rule without them speaks of no HTTP call at all.
        if (verbs.Count == 0)
        {
            throw map.Error("httpVerb", "is missing", "Name the verbs in capitals: ['GET', 'POST'], or ['*'] for all.");
        }
        if (verbs.FirstOrDefault(static v => v != v.ToUpperInvariant()) is { } small)
        {
            throw map.Error("httpVerb", $"'{small}' matches no call", "Write verbs in capitals.");
        }
        var allows = Action(map, "action") ?? throw map.Error("action", "is missing", "Write allow or deny.");
        map.Finish();
        return new AccessOperation(name.StartsWith('/') ? name : "/" + name, verbs, allows);
    }

    // Dapr takes any other word for deny.
    private static bool? Action(YamlMap map, string key) => map.Choice(key, Actions);
}

namespace Sidecar.Http;

/// <summary>
/// The building blocks of Dapr that this sidecar does not have. They answer as a daprd does that no such component is configured for.
/// Source: Dapr 1.18.3, pkg/messages/predefined.go and pkg/api/http.
/// </summary>
internal static class AbsentBlocks
{
    private static readonly ApiError Secrets = new(500, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");
    private static readonly ApiError Configuration = new(500, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured");
    private static readonly ApiError Lock = new(500, "ERR_LOCK_STORE_NOT_CONFIGURED", "lock store is not configured");
    private static readonly ApiError Crypto = new(500, "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", "crypto providers not configured");
    private static readonly ApiError Actors = new(500, "ERR_ACTOR_RUNTIME_NOT_FOUND",
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state "
        + "store component file?");

    /// <summary>The error for what stands after the version in a path; null for what is no building block of that version.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="block">The first segment after the version.</param>
    /// <param name="rest">What follows it.</param>
    /// <param name="isStable">True for v1.0, false for v1.0-alpha1.</param>
    public static ApiError? Find(string method, ReadOnlySpan<char> block, ReadOnlySpan<char> rest, bool isStable)
    {
        var segments = rest.IsEmpty ? 0 : rest.Count('/') + 1;
        var isGet = HttpMethods.IsGet(method);
        var isPost = HttpMethods.IsPost(method);
        return block switch
        {
            "secrets" when isStable && isGet && segments == 2 => Secrets,
            "configuration" when isGet && segments is >= 1 and <= 3 => Configuration,
            "lock" or "unlock" when !isStable && isPost && segments == 1 => Lock,
            "crypto" when !isStable && HttpMethods.IsPut(method) && segments == 2 => Crypto,
            "actors" when isStable && segments >= 3 => Actors,
            _ => null,
        };
    }
}

namespace Gateway.Security;

/// <summary>Who makes a request.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="Key">The key that they showed; null for nobody, and where the gateway has no keys.</param>
internal sealed record Caller(ApiRole Role, ApiKey? Key)
{
    private const string Scheme = "Bearer ";

    private static readonly Caller Nobody = new(ApiRole.None, null);
    private static readonly Caller Anybody = new(ApiRole.Operator, null);

    /// <summary>The caller of a request, found out by <see cref="Read"/>; everybody's operator where no keys are used.</summary>
    public static Caller Of(HttpContext http) => http.Features.Get<Caller>() ?? Anybody;

    /// <summary>
    /// Finds out who calls: <c>Authorization: Bearer KEY</c>, the header that clients, proxies and logs know to be secret (RFC 6750).
    /// </summary>
    public static Caller Read(HttpContext http, KeyRing keys)
    {
        var caller = !keys.IsClosed ? Anybody
            : http.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && keys.Find(header[Scheme.Length..].Trim()) is { } key ? new Caller(key.Role, key)
            : Nobody;
        http.Features.Set(caller);
        return caller;
    }
}

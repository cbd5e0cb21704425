using System.Net;

namespace Sidecar.Zipkin.Http;

/// <summary>
/// Keeps pages of other sites out, though they run in a browser of this machine: they neither read traces under a name of their own that leads here
/// (DNS rebinding: the Host is no loopback name) nor send spans (the Origin is another).
/// </summary>
internal static class SameSite
{
    public static bool Allows(HttpRequest request) =>
        IsLoopback(request.Host.Host)
        && (request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var site)
                && string.Equals(site.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));

    /// <summary>True for a name or address of this machine alone.</summary>
    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

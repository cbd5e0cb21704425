namespace Dapr.Client.Http;

/// <summary>
/// The process's connections to its sidecars. There is one pool, never disposed: a pool per client or per call would
/// open connections anew, and clients for invocation must outlive the <see cref="DaprClient"/> that made them.
/// </summary>
internal static class SharedConnections
{
    public static readonly SocketsHttpHandler Handler = new()
    {
        // Cookies of one app must not reach another: all calls go to the same host.
        UseCookies = false,

        // Below Kestrel's and daprd's keep-alive times, so that a request rarely meets a connection that is being
        // closed.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
    };
}

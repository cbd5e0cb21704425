using System.Text;
using Sidecar.Hosting;

namespace Sidecar.Invocation;

/// <summary>
/// Something outside Dapr that is called by URL: <c>/v1.0/invoke/http://host:port/method/path</c>.
/// Source: Dapr docs, "How-To: Invoke Non-Dapr Endpoints using HTTP".
/// </summary>
internal sealed class ExternalEndpoint(string url, Uri address) : IAppChannel
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    public string AppId => url;

    public Uri? BaseAddress => address;

    public bool IsReady => true;

    /// <summary>Null for an app id, which no URL scheme begins.</summary>
    public static ExternalEndpoint? Parse(string appId) =>
        (appId.StartsWith("http://", StringComparison.Ordinal) || appId.StartsWith("https://", StringComparison.Ordinal))
        && Uri.TryCreate(appId, UriKind.Absolute, out var address)
            ? new ExternalEndpoint(appId, address)
            : null;

    public Task WhenReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Http.SendAsync(OneAttempt.Of(request), cancellationToken);
}

using Dapr.Client.Http;

namespace Dapr.Client;

/// <summary>
/// Turns <c>http://app-id/path?query</c> into a call of that app through the sidecar
/// (<c>{endpoint}/v1.0/invoke/app-id/method/path?query</c>), with the sidecar's API token. All requests go to the
/// sidecar, whatever their host: never use it for other traffic.
/// </summary>
public class InvocationHandler : DelegatingHandler
{
    private Uri _endpoint = new(DaprDefaults.GetDefaultHttpEndpoint(), UriKind.Absolute);

    /// <summary>The sidecar's HTTP endpoint; by default what the environment says.</summary>
    /// <exception cref="ArgumentException">The value's scheme is neither http nor https.</exception>
    public string DaprEndpoint
    {
        get => _endpoint.OriginalString;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var uri = new Uri(value, UriKind.Absolute);
            if (!IsHttp(uri))
            {
                throw new ArgumentException(
                    $"The URI scheme of the Dapr endpoint must be http or https, not '{uri.Scheme}'.", nameof(value));
            }

            _endpoint = uri;
        }
    }

    /// <summary>
    /// An app id in its own spelling. A URI's host is lower-cased, so an app id with capitals must be named here.
    /// </summary>
    public string? DefaultAppId { get; set; }

    internal string? ApiToken { get; set; } = DaprDefaults.GetDefaultDaprApiToken(null);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The request's URI is not an absolute http or https URI.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var original = request.RequestUri;
        if (original is null || !original.IsAbsoluteUri || !IsHttp(original))
        {
            throw new ArgumentException(
                $"The request URI '{original}' is not a valid Dapr service invocation destination.", nameof(request));
        }

        try
        {
            if (!string.IsNullOrWhiteSpace(ApiToken))
            {
                request.Headers.Remove(SidecarHeaders.ApiToken);
                request.Headers.TryAddWithoutValidation(SidecarHeaders.ApiToken, ApiToken);
            }

            request.RequestUri = new Uri(_endpoint, Path(original));
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // The caller's request is as it was: its address is not the sidecar's business, nor the token the caller's.
            request.RequestUri = original;
            request.Headers.Remove(SidecarHeaders.ApiToken);
        }
    }

    private static bool IsHttp(Uri uri) =>
        string.Equals(uri.Scheme, Uri.UriSchemeHttp) || string.Equals(uri.Scheme, Uri.UriSchemeHttps);

    private string Path(Uri uri)
    {
        var appId = string.Equals(uri.Host, DefaultAppId, StringComparison.OrdinalIgnoreCase) ? DefaultAppId : uri.Host;
        return $"/v1.0/invoke/{appId}/method{uri.PathAndQuery}";
    }
}

using Wire.Grpc;

namespace Dapr.Workflow;

/// <summary>The way to the sidecar that worker and clients of a process share.</summary>
internal sealed class SidecarConnection : IDisposable
{
    private const string ApiTokenHeader = "dapr-api-token";

    private static readonly string UserAgent =
        "dapr-sdk-dotnet/v" + typeof(SidecarConnection).Assembly.GetName().Version?.ToString(fieldCount: 3);

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="endpoint">The sidecar's gRPC endpoint.</param>
    /// <param name="apiToken">The token that it demands; null or blank for none.</param>
    /// <exception cref="InvalidOperationException">The endpoint is neither http nor https.</exception>
    public SidecarConnection(string endpoint, string? apiToken)
    {
        var address = new Uri(endpoint);
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidOperationException("The gRPC endpoint must use http or https.");
        }

        Endpoint = endpoint;
        ApiToken = string.IsNullOrWhiteSpace(apiToken) ? "" : apiToken;
        var metadata = new List<KeyValuePair<string, string>> { new("user-agent", UserAgent) };
        if (ApiToken.Length > 0)
        {
            metadata.Add(new(ApiTokenHeader, ApiToken));
        }

        Channel = new GrpcChannel(address, metadata);
    }

    /// <summary>The sidecar's gRPC endpoint.</summary>
    public string Endpoint { get; }

    /// <summary>The token that it demands; empty for none.</summary>
    public string ApiToken { get; }

    /// <summary>Makes the calls.</summary>
    public GrpcChannel Channel { get; }

    /// <inheritdoc />
    public void Dispose() => Channel.Dispose();
}

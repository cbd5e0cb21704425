// Without nullable annotations, as the official type is.
#nullable disable

using System.Text.Json;
using Dapr.Client.Http;

namespace Dapr.Client;

/// <summary>
/// Makes a <see cref="DaprClient"/>. What is not set is read from the environment (<see cref="DaprDefaults"/>).
/// </summary>
public sealed class DaprClientBuilder
{
    private string _httpEndpoint = DaprDefaults.GetDefaultHttpEndpoint();
    private string _grpcEndpoint = DaprDefaults.GetDefaultGrpcEndpoint();
    private string _apiToken = DaprDefaults.GetDefaultDaprApiToken(null);
    private JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);
    private TimeSpan _timeout;

    /// <summary>Reads the defaults from the environment.</summary>
    public DaprClientBuilder()
    {
    }

    /// <summary>Sets the sidecar's HTTP endpoint.</summary>
    /// <param name="httpEndpoint">A URI.</param>
    public DaprClientBuilder UseHttpEndpoint(string httpEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(httpEndpoint);
        _httpEndpoint = httpEndpoint;
        return this;
    }

    /// <summary>Sets the sidecar's gRPC endpoint. It is checked and kept, but this client speaks HTTP only.</summary>
    /// <param name="grpcEndpoint">A URI.</param>
    public DaprClientBuilder UseGrpcEndpoint(string grpcEndpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(grpcEndpoint);
        _grpcEndpoint = grpcEndpoint;
        return this;
    }

    /// <summary>
    /// Sets how values are written and read; by default with <see cref="JsonSerializerDefaults.Web"/>.
    /// </summary>
    /// <param name="options">The options.</param>
    public DaprClientBuilder UseJsonSerializationOptions(JsonSerializerOptions options)
    {
        _json = options;
        return this;
    }

    /// <summary>Sets the token that the sidecar demands.</summary>
    /// <param name="apiToken">The token; null or blank for none.</param>
    public DaprClientBuilder UseDaprApiToken(string apiToken)
    {
        _apiToken = apiToken;
        return this;
    }

    /// <summary>Sets how long a call may take; by default 100 s. Clients for invocation are not concerned.</summary>
    /// <param name="timeout">Ignored where it is not positive.</param>
    public DaprClientBuilder UseTimeout(TimeSpan timeout)
    {
        _timeout = timeout;
        return this;
    }

    /// <summary>Makes the client.</summary>
    /// <exception cref="InvalidOperationException">An endpoint is neither http nor https.</exception>
    public DaprClient Build()
    {
        _ = Checked(_grpcEndpoint, "gRPC");
        return new DaprHttpClient(new SidecarChannel(Checked(_httpEndpoint, "HTTP"), _apiToken, _timeout), _json);
    }

    private static Uri Checked(string endpoint, string kind)
    {
        var uri = new Uri(endpoint);
        return uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new InvalidOperationException($"The {kind} endpoint must use http or https, not '{uri.Scheme}'.");
    }
}

using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Dapr;

/// <summary>
/// Where the sidecar is and which tokens guard it. Each value is looked up in the configuration first (if one is
/// given), then in the process environment, then a default is taken. An endpoint beats a port.
/// </summary>
public static class DaprDefaults
{
    /// <summary>Names the token that the sidecar demands of its callers (header <c>dapr-api-token</c>).</summary>
    public const string DaprApiTokenEnvironmentVariableName = "DAPR_API_TOKEN";

    /// <summary>Names the token that the sidecar sends on every call to the app.</summary>
    public const string AppApiTokenEnvironmentVariableName = "APP_API_TOKEN";

    /// <summary>Names the sidecar's HTTP endpoint, a whole URI.</summary>
    public const string DaprHttpEndpointEnvironmentVariableName = "DAPR_HTTP_ENDPOINT";

    /// <summary>Names the sidecar's HTTP port on this host.</summary>
    public const string DaprHttpPortEnvironmentVariableName = "DAPR_HTTP_PORT";

    /// <summary>Names the sidecar's gRPC endpoint, a whole URI.</summary>
    public const string DaprGrpcEndpointEnvironmentVariableName = "DAPR_GRPC_ENDPOINT";

    /// <summary>Names the sidecar's gRPC port on this host.</summary>
    public const string DaprGrpcPortEnvironmentVariableName = "DAPR_GRPC_PORT";

    /// <summary>Scheme of an endpoint that is given by its port only.</summary>
    public const string DefaultDaprScheme = "http";

    /// <summary>Host of an endpoint that is given by its port only.</summary>
    public const string DefaultDaprHost = "localhost";

    /// <summary>HTTP port where none is configured.</summary>
    public const int DefaultHttpPort = 3500;

    /// <summary>gRPC port where none is configured.</summary>
    public const int DefaultGrpcPort = 50001;

    /// <summary>The sidecar's API token, empty where none is configured.</summary>
    /// <param name="configuration">Looked into before the environment.</param>
    public static string GetDefaultDaprApiToken(IConfiguration? configuration) =>
        Read(configuration, DaprApiTokenEnvironmentVariableName) ?? string.Empty;

    /// <summary>
    /// A client of <paramref name="httpClientFactory"/> that points at the sidecar and carries its API token.
    /// </summary>
    /// <param name="httpClientFactory">Makes the client.</param>
    /// <param name="configuration">Looked into before the environment.</param>
    public static HttpClient CreateDefaultHttpClient(
        IHttpClientFactory httpClientFactory, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(httpClientFactory);

        var client = httpClientFactory.CreateClient();
        client.BaseAddress = new Uri(GetDefaultHttpEndpoint(configuration));
        var token = GetDefaultDaprApiToken(configuration);
        if (!string.IsNullOrWhiteSpace(token))
        {
            client.DefaultRequestHeaders.Add(Client.Http.SidecarHeaders.ApiToken, token);
        }

        return client;
    }

    /// <summary>The app's API token, empty where none is configured.</summary>
    /// <param name="configuration">Looked into before the environment.</param>
    public static string GetDefaultAppApiToken(IConfiguration? configuration) =>
        Read(configuration, AppApiTokenEnvironmentVariableName) ?? string.Empty;

    /// <summary>The sidecar's HTTP endpoint; a path in a configured endpoint is dropped.</summary>
    /// <param name="configuration">Looked into before the environment.</param>
    /// <exception cref="FormatException">The configured port is no number.</exception>
    /// <exception cref="UriFormatException">The configured endpoint is no URI.</exception>
    public static string GetDefaultHttpEndpoint(IConfiguration? configuration = null) => Endpoint(
        Read(configuration, DaprHttpEndpointEnvironmentVariableName),
        Read(configuration, DaprHttpPortEnvironmentVariableName),
        DefaultHttpPort);

    /// <summary>The sidecar's gRPC endpoint; a path in a configured endpoint is dropped.</summary>
    /// <param name="configuration">Looked into before the environment.</param>
    /// <exception cref="FormatException">The configured port is no number.</exception>
    /// <exception cref="UriFormatException">The configured endpoint is no URI.</exception>
    public static string GetDefaultGrpcEndpoint(IConfiguration? configuration = null) => Endpoint(
        Read(configuration, DaprGrpcEndpointEnvironmentVariableName),
        Read(configuration, DaprGrpcPortEnvironmentVariableName),
        DefaultGrpcPort);

    private static string Endpoint(string? endpoint, string? port, int defaultPort)
    {
        // The port is read even where an endpoint beats it: a broken port is a mistake that should show.
        var portNumber = string.IsNullOrWhiteSpace(port)
            ? defaultPort
            : int.Parse(port, CultureInfo.InvariantCulture);
        if (string.IsNullOrWhiteSpace(endpoint))
        {
            return new UriBuilder(DefaultDaprScheme, DefaultDaprHost, portNumber).ToString();
        }

        var uri = new Uri(endpoint);
        return new UriBuilder(uri.Scheme, uri.Host, uri.Port).ToString();
    }

    private static string? Read(IConfiguration? configuration, string name) =>
        configuration?[name] ?? Environment.GetEnvironmentVariable(name);
}

using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;
using Dapr.Client.Http;

namespace Dapr.Client;

/// <summary>
/// Talks to the Dapr sidecar. Made by <see cref="DaprClientBuilder"/> or by dependency injection, thread-safe, to be
/// shared. Every method throws <see cref="DaprException"/> where the sidecar refuses or cannot be reached, unless it
/// says otherwise.
/// </summary>
public abstract partial class DaprClient : IDisposable
{
    private bool _disposed;

    /// <summary>How values are written and read.</summary>
    public abstract JsonSerializerOptions JsonSerializerOptions { get; }

    /// <summary>
    /// A client whose requests to <c>http://app-id/path</c> go to that app through the sidecar. All such clients share
    /// one connection pool; disposing one leaves the others alone.
    /// </summary>
    /// <param name="appId">Base address, so that relative URIs can be used; needed for an app id with capitals.</param>
    /// <param name="daprEndpoint">The sidecar's HTTP endpoint; by default what the environment says.</param>
    /// <param name="daprApiToken">The sidecar's API token; by default what the environment says.</param>
    /// <exception cref="ArgumentException"><paramref name="appId"/> cannot be the host of a URI.</exception>
    public static HttpClient CreateInvokeHttpClient(
        string? appId = null, string? daprEndpoint = null, string? daprApiToken = null)
    {
        var handler = new InvocationHandler
        {
            InnerHandler = SharedConnections.Handler,
            DefaultAppId = appId,
        };
        if (daprApiToken is not null)
        {
            handler.ApiToken = daprApiToken;
        }

        if (daprEndpoint is not null)
        {
            handler.DaprEndpoint = daprEndpoint;
        }

        var client = new HttpClient(handler, disposeHandler: false);
        client.DefaultRequestHeaders.UserAgent.Add(UserAgent());
        if (appId is not null)
        {
            client.BaseAddress = Uri.TryCreate($"http://{appId}", UriKind.Absolute, out var address)
                ? address
                : throw new ArgumentException($"The appId must be a valid hostname, not '{appId}'.", nameof(appId));
        }

        return client;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Releases what the client holds.</summary>
    /// <param name="disposing">False when called by a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>How this SDK names itself to the sidecar.</summary>
    protected static ProductInfoHeaderValue UserAgent()
    {
        var version = typeof(DaprClient).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return new ProductInfoHeaderValue("dapr-sdk-dotnet", $"v{version}");
    }
}

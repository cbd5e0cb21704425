using Sidecar.Invocation;
using Sidecar.Telemetry;

namespace Sidecar.Hosting;

/// <summary>The way from a sidecar to its app: HTTP on the app port.</summary>
public interface IAppChannel
{
    /// <summary>The app's id.</summary>
    string AppId { get; }

    /// <summary>Where the app listens, for example <c>http://127.0.0.1:5101</c>; null for an app without a port.</summary>
    Uri? BaseAddress { get; }

    /// <summary>True once the app port accepts connections (and, where health checks are on, while they pass).</summary>
    bool IsReady { get; }

    /// <summary>Who may call the app through other apps' sidecars; null for everybody.</summary>
    AccessControlList? Access => null;

    /// <summary>What the app's sidecar tells about itself: calls by other apps' sidecars are among it.</summary>
    AppTelemetry Telemetry => AppTelemetry.Off;

    /// <summary>True from the first time on that <see cref="IsReady"/> was true.</summary>
    bool HasBeenReady => IsReady;

    /// <summary>True while the app fails its health checks; never without health checks. Calls to it are refused then.</summary>
    bool IsUnhealthy => false;

    /// <summary>Completes when <see cref="IsReady"/> is true.</summary>
    Task WhenReadyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sends to the app; adds the <c>dapr-api-token</c> header where APP_API_TOKEN is set. The answer's content is not buffered:
    /// read it, then dispose. Throws <see cref="HttpRequestException"/> where the app cannot be reached.
    /// </summary>
    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}

/// <summary>The apps that this process serves, by id.</summary>
public interface IAppDirectory
{
    /// <summary>The app's channel, or null for an unknown id.</summary>
    IAppChannel? Find(string appId);
}

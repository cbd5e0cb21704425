using System.Diagnostics;
using System.Net;
using System.Text;
using Sidecar.Invocation;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Metrics;

namespace Sidecar.Hosting;

/// <summary>HTTP to one app. Readiness is set by <see cref="AppMonitor"/>.</summary>
public sealed class AppChannel : IAppChannel, IDisposable
{
    private readonly HttpClient _client;
    private readonly string? _token;
    private readonly Lock _gate = new();
    private volatile bool _hasBeenReady;
    private volatile TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A channel to <paramref name="port"/>; null for an app that takes no calls.</summary>
    /// <param name="appId">The app's id.</param>
    /// <param name="port">The app's port on 127.0.0.1.</param>
    /// <param name="token">APP_API_TOKEN, sent with every call; null for none.</param>
    public AppChannel(string appId, int? port, string? token)
    {
        AppId = appId;
        BaseAddress = port is null ? null : new Uri($"http://127.0.0.1:{port}");
        _token = token;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,

            // Trace context is Dapr's business here; the client must not add its own headers.
            ActivityHeadersPropagator = null,
            // Header bytes are handed on as they came: Latin-1 maps each to one character and back.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        })
        {
            BaseAddress = BaseAddress,

            // Time limits come from resiliency policies; Dapr sets none of its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public string AppId { get; }

    /// <inheritdoc/>
    public Uri? BaseAddress { get; }

    /// <inheritdoc/>
    public AccessControlList? Access { get; init; }

    /// <inheritdoc/>
    public AppTelemetry Telemetry { get; init; } = AppTelemetry.Off;

    /// <inheritdoc/>
    public bool IsReady => _ready.Task.IsCompleted;

    /// <inheritdoc/>
    public bool HasBeenReady => _hasBeenReady;

    /// <summary>The app has health checks.</summary>
    public bool HasHealthChecks { get; init; }

    /// <inheritdoc/>
    public bool IsUnhealthy => HasHealthChecks && !IsReady;

    /// <inheritdoc/>
    public Task WhenReadyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _ready.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_token is not null)
        {
            request.Headers.TryAddWithoutValidation("dapr-api-token", _token);
        }

        return Telemetry.Meter is { } meter ? MeasureAsync(meter, request, cancellationToken) : SendPlainAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Sends without the token: Dapr's own health probe carries none.</summary>
    internal Task<HttpResponseMessage> SendPlainAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        BaseAddress is null
            ? throw new HttpRequestException($"the app '{AppId}' has no port")
            : _client.SendAsync(OneAttempt.Of(request), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    // Daprd counts a call without an answer as one with 500.
    private async Task<HttpResponseMessage> MeasureAsync(SidecarMeter meter, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (began, status, answered) = (Stopwatch.GetTimestamp(), 500, 0L);
        var sent = request.Content?.Headers.ContentLength ?? 0;
        try
        {
            var answer = await SendPlainAsync(request, cancellationToken);
            (status, answered) = ((int)answer.StatusCode, answer.Content.Headers.ContentLength ?? 0);
            return answer;
        }
        finally
        {
            meter.AppCalled(request.Method.Method, request.RequestUri!.AbsolutePath, status, sent, answered, Stopwatch.GetElapsedTime(began));
        }
    }

    internal void SetReady(bool ready)
    {
        lock (_gate)
        {
            if (ready)
            {
                _hasBeenReady = true;
                _ready.TrySetResult();
            }
            else if (_ready.Task.IsCompleted)
            {
                _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}

using System.Net.Http.Headers;

namespace Sidecar.Telemetry.Exporting;

/// <summary>
/// Posts spans to a Zipkin collector in the form in which daprd's exporter does, which the .NET exporter's differs from in tags and remote endpoints.
/// Source: Zipkin API v2, POST /api/v2/spans; recorded spans of Dapr 1.18.3.
/// </summary>
/// <param name="endpoint">The collector's address with its path.</param>
/// <param name="appId">The service name.</param>
public sealed class ZipkinExporter(Uri endpoint, string appId) : ISpanExporter
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        // What is said about traces is no part of any.
        ActivityHeadersPropagator = null,
        UseProxy = false,
        ConnectTimeout = TelemetryLimits.ExportTimeout,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public string Target => $"Zipkin at {endpoint}";

    /// <inheritdoc/>
    public async Task ExportAsync(IReadOnlyList<Span> spans, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(ZipkinJson.Write(spans, appId));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _client.PostAsync(endpoint, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sidecar.Telemetry.Metrics;

// Source: Dapr 1.18.3, pkg/diagnostics/http_monitoring.go.
public sealed partial class SidecarMeter
{
    private Counter<long> _httpRequests = null!;
    private Counter<long> _httpResponses = null!;
    private Histogram<double> _httpLatency = null!;
    private Histogram<double> _httpRequestBytes = null!;
    private Histogram<double> _httpResponseBytes = null!;
    private Counter<long> _appCalls = null!;
    private Histogram<double> _appCallLatency = null!;
    private Histogram<double> _appCallBytes = null!;
    private Histogram<double> _appAnswerBytes = null!;
    private Counter<long> _probes = null!;
    private Histogram<double> _probeLatency = null!;

    /// <summary>A request to the HTTP API was answered.</summary>
    public void HttpServed(string method, string path, int status, long requestBytes, long responseBytes, TimeSpan elapsed)
    {
        var tags = HttpTags(method, path, Of(status));
        _httpRequests.Add(1, tags);
        _httpLatency.Record(Whole(elapsed), tags);
        if (_settings.IncreasedCardinality)
        {
            _httpResponses.Add(1, tags);
        }
        TagList app = new() { { "app_id", _appId } };
        _httpRequestBytes.Record(requestBytes, app);
        _httpResponseBytes.Record(responseBytes, app);
    }

    /// <summary>The app was sent a request, and has answered (500 where it has not).</summary>
    public void AppCalled(string method, string path, int status, long requestBytes, long responseBytes, TimeSpan elapsed)
    {
        var tags = HttpTags(method, path, Of(status));
        _appCalls.Add(1, tags);
        _appCallLatency.Record(Whole(elapsed), tags);
        // Recorded before there is a status, which the label says.
        _appCallBytes.Record(requestBytes, HttpTags(method, path, ""));
        _appAnswerBytes.Record(responseBytes, new TagList { { "app_id", _appId } });
    }

    /// <summary>The app's health was asked for (500 where there was no answer).</summary>
    public void AppProbed(int status, TimeSpan elapsed)
    {
        var tags = Tags("status", Of(status));
        _probes.Add(1, tags);
        _probeLatency.Record(Whole(elapsed), tags);
    }

    private TagList HttpTags(string method, string path, string status) => new()
    {
        { "app_id", _appId },
        { "method", _settings.ExcludeVerbs ? "" : HttpLabels.Verb(method) },
        { "path", HttpLabels.Path(path, _settings.IncreasedCardinality) },
        { "status", status },
    };

    private void CreateHttp()
    {
        _httpRequests = Count("dapr_http_server_request_count", "Count of HTTP requests processed by the server.");
        _httpResponses = Count("dapr_http_server_response_count", "The number of HTTP responses");
        _httpLatency = Latency("dapr_http_server_latency", "HTTP request end-to-end latency in server.");
        _httpRequestBytes = Size("dapr_http_server_request_bytes", "HTTP request body size if set as ContentLength (uncompressed) in server.");
        _httpResponseBytes = Size("dapr_http_server_response_bytes", "HTTP response body size (uncompressed) in server.");
        _appCalls = Count("dapr_http_client_completed_count", "Count of completed requests");
        _appCallLatency = Latency(
            "dapr_http_client_roundtrip_latency",
            "Time between first byte of request headers sent to last byte of response received, or terminal error");
        _appCallBytes = Size("dapr_http_client_sent_bytes", "Total bytes sent in request body (not including headers)");
        _appAnswerBytes = Size(
            "dapr_http_client_received_bytes",
            "Total bytes received in response bodies (not including headers but including error responses with bodies)");
        _probes = Count("dapr_http_healthprobes_completed_count", "Count of completed health probes");
        _probeLatency = Latency(
            "dapr_http_healthprobes_roundtrip_latency",
            "Time between first byte of health probes headers sent to last byte of response received, or terminal error");
    }
}

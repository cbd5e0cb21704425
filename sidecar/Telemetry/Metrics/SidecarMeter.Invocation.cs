using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sidecar.Telemetry.Metrics;

// Source: Dapr 1.18.3, pkg/diagnostics/service_monitoring.go.
public sealed partial class SidecarMeter
{
    private const string Unary = "unary";

    private Counter<long> _requestsSent = null!;
    private Counter<long> _requestsReceived = null!;
    private Counter<long> _responsesSent = null!;
    private Counter<long> _responsesReceived = null!;
    private Histogram<double> _responseLatency = null!;

    /// <summary>Another app is called.</summary>
    public void InvocationSent(string destination) => _requestsSent.Add(1, Tags("dst_app_id", destination, "type", Unary));

    /// <summary>The called app has answered.</summary>
    public void InvocationAnswered(string destination, int status, TimeSpan elapsed)
    {
        // Daprd's word: the source of the response.
        _responsesReceived.Add(1, new TagList { { "app_id", _appId }, { "src_app_id", destination }, { "status", Of(status) }, { "type", Unary } });
        _responseLatency.Record(elapsed.TotalMilliseconds, Tags("src_app_id", destination, "status", Of(status)));
    }

    /// <summary>Another app calls this one.</summary>
    public void InvocationReceived(string source) => _requestsReceived.Add(1, Tags("src_app_id", source));

    /// <summary>This app has answered another one.</summary>
    public void InvocationServed(string source, int status) => _responsesSent.Add(1, Tags("dst_app_id", source, "status", Of(status)));

    private void CreateInvocation()
    {
        _requestsSent = Count("dapr_runtime_service_invocation_req_sent_total", "The number of requests sent via service invocation.");
        _requestsReceived = Count("dapr_runtime_service_invocation_req_recv_total", "The number of requests received via service invocation.");
        _responsesSent = Count("dapr_runtime_service_invocation_res_sent_total", "The number of responses sent via service invocation.");
        _responsesReceived = Count("dapr_runtime_service_invocation_res_recv_total", "The number of responses received via service invocation.");
        _responseLatency = Latency("dapr_runtime_service_invocation_res_recv_latency_ms", "The latency of service invocation response.");
    }
}

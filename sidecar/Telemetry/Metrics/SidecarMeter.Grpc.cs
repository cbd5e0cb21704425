using System.Diagnostics.Metrics;

namespace Sidecar.Telemetry.Metrics;

// Source: Dapr 1.18.3, pkg/diagnostics/grpc_monitoring.go.
public sealed partial class SidecarMeter
{
    private const string MethodKey = "grpc_server_method";

    private Counter<long> _rpcs = null!;
    private Histogram<double> _rpcLatency = null!;
    private Histogram<double> _rpcRequestBytes = null!;
    private Histogram<double> _rpcResponseBytes = null!;

    /// <summary>A gRPC call with one answer has ended.</summary>
    public void GrpcServed(string method, string status, long requestBytes, long responseBytes, TimeSpan elapsed)
    {
        var tags = Tags(MethodKey, method, "grpc_server_status", status);
        _rpcs.Add(1, tags);
        _rpcLatency.Record(Whole(elapsed), tags);
        var sizes = Tags(MethodKey, method);
        _rpcRequestBytes.Record(requestBytes, sizes);
        _rpcResponseBytes.Record(responseBytes, sizes);
    }

    private void CreateGrpc()
    {
        _rpcs = Count("dapr_grpc_io_server_completed_rpcs", "Distribution of bytes sent per RPC, by method.");
        _rpcLatency = Latency(
            "dapr_grpc_io_server_server_latency", "Time between first byte of request received to last byte of response sent, or terminal error.");
        _rpcRequestBytes = Size("dapr_grpc_io_server_received_bytes_per_rpc", "Total bytes received across all messages per RPC.");
        _rpcResponseBytes = Size("dapr_grpc_io_server_sent_bytes_per_rpc", "Total bytes sent in across all response messages per RPC.");
    }
}

using System.Diagnostics;

namespace Sidecar.Telemetry.Describing;

/// <summary>
/// The span of the called app's sidecar. With daprd a call goes from sidecar to sidecar by gRPC, as the tags say; here both are in one process.
/// Source: Dapr 1.18.3, pkg/diagnostics/grpc_tracing.go (CallLocalStream).
/// </summary>
internal static class InvocationSpan
{
    /// <summary>The name of both sides' spans.</summary>
    public static string NameOf(string appId, string method) => $"CallLocal/{appId}/{method}";

    /// <summary>Begins it; null where nobody records the trace.</summary>
    public static Span? Start(Tracer callee, string appId, string method, TraceContext trace) =>
        callee.Records(trace)
            ? callee.Start(trace, NameOf(appId, method), ActivityKind.Server)?
                .Tag("rpc.service", "ServiceInvocation")
                .Tag("dapr.invoke_method", method)
                .Tag("dapr.protocol", "grpc")
                .Tag("dapr.api", "/dapr.proto.internals.v1.ServiceInvocation/CallLocalStream")
            : null;
}

using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Wire.Runtime;

namespace Sidecar.Telemetry.Describing;

/// <summary>
/// The span of a call to the gRPC API. Source: Dapr 1.18.3, pkg/diagnostics/grpc_tracing.go and pkg/proto/runtime/v1/dapr_tracing.go.
/// </summary>
internal static class GrpcSpan
{
    private const string UserPrefix = "dapr-";
    private const string BinarySuffix = "-bin";

    // A secret, which daprd shows in its spans; no trace is worth that.
    private const string TokenName = "dapr-api-token";

    /// <summary>Begins it; null where nobody records the trace.</summary>
    public static Span? Start(Tracer tracer, string path, TraceContext trace, ActivityKind kind = ActivityKind.Client) =>
        tracer.Start(trace, path, kind);

    /// <summary>Serves a call within its span.</summary>
    /// <exception cref="RpcException">The call is refused.</exception>
    public static async Task<T> RunAsync<T>(Span span, string path, IMessage? request, IHeaderDictionary metadata, Func<Task<T>> serve)
    {
        try
        {
            return await serve();
        }
        catch (Exception exception)
        {
            span.Fail(exception is RpcException refused ? refused.Status.Detail : exception.Message);
            throw;
        }
        finally
        {
            Describe(span, path, request, metadata);
            span.End();
        }
    }

    private static void Describe(Span span, string path, IMessage? request, IHeaderDictionary metadata)
    {
        foreach (var (name, values) in metadata)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase)
                && !name.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase)
                && !name.Equals(TokenName, StringComparison.OrdinalIgnoreCase))
            {
                span.Tag(name.ToLowerInvariant(), values[0]);
            }
        }
        switch (request)
        {
            case InvokeServiceRequest invoke:
                span.Name = InvocationSpan.NameOf(invoke.Id, invoke.Message?.Method ?? "");
                span.Tag("rpc.service", "ServiceInvocation").Tag("net.peer.name", invoke.Id);
                break;
            case PublishEventRequest publish:
                Publish(span, publish.Topic);
                break;
            case BulkPublishRequest publish:
                Publish(span, publish.Topic);
                break;
            case InvokeBindingRequest binding:
                Component(span, "bindings", binding.Name, path);
                break;
            // Of the state calls these three only.
            case GetStateRequest get:
                Component(span, "state", get.StoreName, path);
                break;
            case SaveStateRequest save:
                Component(span, "state", save.StoreName, path);
                break;
            case DeleteStateRequest delete:
                Component(span, "state", delete.StoreName, path);
                break;
        }
        span.Tag("dapr.protocol", "grpc").Tag("dapr.api", path);
    }

    private static void Publish(Span span, string topic) =>
        span.Tag("rpc.service", "Dapr").Tag("messaging.system", "pubsub").Tag("messaging.destination.name", topic);

    private static void Component(Span span, string block, string name, string path) => span
        .Tag("db.name", name).Tag("rpc.service", "Dapr").Tag("db.system", block).Tag("db.statement", path).Tag("db.connection_string", block);
}

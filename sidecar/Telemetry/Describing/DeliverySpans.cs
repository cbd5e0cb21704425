using System.Diagnostics;

namespace Sidecar.Telemetry.Describing;

/// <summary>
/// The spans of what a sidecar sends to its app by itself: messages and triggers. daprd loses the span of an attempt that has no answer, though the
/// app has seen its id; here it ends with the reason.
/// Source: Dapr 1.18.3, pkg/runtime/subscription/postman/http and pkg/runtime/processor/binding/send.go.
/// </summary>
internal static class DeliverySpans
{
    /// <summary>One attempt to deliver a message; null where nobody records the trace.</summary>
    public static Span? StartMessage(Tracer tracer, string topic, TraceContext trace) =>
        tracer.Records(trace)
            ? tracer.Start(trace, "pubsub/" + topic, ActivityKind.Client)?.Tag("messaging.system", "pubsub").Tag("messaging.destination.name", topic)
            : null;

    /// <summary>A trigger with all its attempts.</summary>
    public static Span? StartTrigger(Tracer tracer, string binding, TraceContext trace) =>
        tracer.Records(trace)
            ? tracer.Start(trace, "bindings/" + binding, ActivityKind.Client)?
                .Tag("db.name", binding)
                .Tag("rpc.service", "Dapr")
                .Tag("db.system", "bindings")
                .Tag("db.connection_string", "POST /" + binding)
            : null;

    /// <summary>Ends it with the app's answer.</summary>
    public static void End(Span? span, int status)
    {
        if (span is not null)
        {
            HttpSpan.FailFor(span, status);
            span.End();
        }
    }

    /// <summary>Ends it without one.</summary>
    public static void End(Span? span, Exception exception)
    {
        if (span is not null)
        {
            span.Fail(exception is OperationCanceledException ? "context deadline exceeded" : exception.Message);
            span.End();
        }
    }
}

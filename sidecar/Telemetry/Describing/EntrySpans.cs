using System.Diagnostics;
using Sidecar.Http;

namespace Sidecar.Telemetry.Describing;

/// <summary>
/// The spans of a bulk publish's entries, one below the call's for each. Source: Dapr 1.18.3, pkg/api/http/http.go (onBulkPublish) and
/// pkg/api/grpc/grpc.go (bulkPublishEvent).
/// </summary>
/// <param name="tracer">The app's.</param>
/// <param name="call">Their name: the HTTP call's path, or the gRPC method's with a slash behind it.</param>
internal readonly struct EntrySpans(Tracer tracer, string call)
{
    private readonly List<Span> _spans = [];

    /// <summary>An entry's context.</summary>
    public TraceContext Next(TraceContext trace)
    {
        var entry = trace.NewChild();
        if (tracer.Start(entry, call, ActivityKind.Producer) is { } span)
        {
            _spans.Add(span);
        }
        return entry;
    }

    /// <summary>Ends all.</summary>
    public void End(ApiError? error)
    {
        foreach (var span in _spans)
        {
            if (error is not null && call.StartsWith("/v1.0", StringComparison.Ordinal))
            {
                HttpSpan.FailFor(span, error.Status);
            }
            else if (error is not null)
            {
                span.Fail(error.Message);
            }
            span.End();
        }
    }
}

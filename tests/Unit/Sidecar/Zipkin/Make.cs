using Sidecar.Zipkin.Spans;

namespace Tests.Unit.Sidecar.Zipkin;

/// <summary>Makes spans.</summary>
internal static class Make
{
    public const string Trace = "0af7651916cd43dd8448eb211c80319c";

    public static Span Span(string id, string? parent = null, string? service = null, SpanKind? kind = null, string? remote = null, string trace = Trace) => new()
    {
        TraceId = trace,
        Id = id.PadLeft(16, '0'),
        ParentId = parent?.PadLeft(16, '0'),
        Kind = kind,
        Local = service is null ? null : new SpanEndpoint(service, null, null, 0),
        Remote = remote is null ? null : new SpanEndpoint(remote, null, null, 0),
    };

    public static Span At(this Span span, long timestamp, long duration = 0) => span with { Timestamp = timestamp, Duration = duration };

    public static Span Tagged(this Span span, params (string Key, string Value)[] tags) =>
        span with { Tags = [.. tags.Select(t => KeyValuePair.Create(t.Key, t.Value))] };

    public static Span Failed(this Span span) => span.Tagged(("error", "it broke"));
}

using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Sidecar.Telemetry.Exporting;

/// <summary>
/// Spans as Zipkin v2 JSON, field by field as daprd 1.18.3 sends them. Sources: the recorded spans; for what is not in them,
/// opentelemetry-go exporters/zipkin/model.go and OpenTelemetry's "Transformation to Zipkin".
/// </summary>
internal static class ZipkinJson
{
    // The first of them that a span has names what it calls.
    private static readonly string[] RemoteKeys = ["peer.service", "server.address", "net.peer.name", "db.name"];

    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list of spans.</summary>
    public static byte[] Write(IReadOnlyList<Span> spans, string appId)
    {
        var to = new ArrayBufferWriter<byte>(spans.Count * 768);
        using var json = new Utf8JsonWriter(to, Plain);
        json.WriteStartArray();
        foreach (var span in spans)
        {
            Write(json, span, appId);
        }
        json.WriteEndArray();
        json.Flush();
        return to.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Span span, string appId)
    {
        json.WriteStartObject();
        json.WriteNumber("timestamp"u8, Micros(span.Start));
        // Zero would mean that it is unknown.
        json.WriteNumber("duration"u8, Math.Max(1, span.Duration.Ticks / TimeSpan.TicksPerMicrosecond));
        json.WriteString("traceId"u8, span.Context.TraceId);
        json.WriteString("id"u8, span.Context.SpanId);
        if (span.Context.ParentSpanId is { } parent)
        {
            json.WriteString("parentId"u8, parent);
        }
        json.WriteString("name"u8, span.Name.ToLowerInvariant());
        if (span.Kind != ActivityKind.Internal)
        {
            json.WriteString("kind"u8, span.Kind.ToString().ToUpperInvariant());
        }
        WriteEndpoint(json, "localEndpoint"u8, appId);
        if (Remote(span) is { } remote)
        {
            WriteEndpoint(json, "remoteEndpoint"u8, remote);
        }
        WriteAnnotations(json, span);
        WriteTags(json, span, appId);
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, Span span, string appId)
    {
        json.WriteStartObject("tags"u8);
        foreach (var (key, value) in span.Tags)
        {
            json.WriteString(key, value);
        }
        json.WriteString("service.name"u8, appId);
        if (span.Error is { } error)
        {
            json.WriteString("otel.status_code"u8, "ERROR"u8);
            json.WriteString("error"u8, error);
        }
        json.WriteString("otel.scope.name"u8, span.Scope);
        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Span span)
    {
        if (span.Events.Count == 0)
        {
            return;
        }
        json.WriteStartArray("annotations"u8);
        foreach (var noted in span.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp"u8, Micros(noted.Time));
            json.WriteString("value"u8, noted.Values.Count == 0 ? noted.Name : $"{noted.Name}: {Values(noted)}");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Values(SpanEvent noted)
    {
        var to = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(to, Plain))
        {
            json.WriteStartObject();
            foreach (var (key, value) in noted.Values)
            {
                if (value is int number)
                {
                    json.WriteNumber(key, number);
                }
                else
                {
                    json.WriteString(key, value.ToString());
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }

    private static string? Remote(Span span) =>
        span.Kind is ActivityKind.Client or ActivityKind.Producer
            ? RemoteKeys.Select(key => span.Tags.FirstOrDefault(t => t.Key == key).Value).FirstOrDefault(static v => v is not null)
            : null;

    private static void WriteEndpoint(Utf8JsonWriter json, ReadOnlySpan<byte> name, string service)
    {
        json.WriteStartObject(name);
        json.WriteString("serviceName"u8, service.ToLowerInvariant());
        json.WriteEndObject();
    }

    private static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

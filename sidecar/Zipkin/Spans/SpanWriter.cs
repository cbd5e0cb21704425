using System.Text.Json;

namespace Sidecar.Zipkin.Spans;

/// <summary>Writes spans as Zipkin's v2 JSON, without what is unknown.</summary>
internal static class SpanWriter
{
    public static void Write(Utf8JsonWriter json, IEnumerable<Span> trace)
    {
        json.WriteStartArray();
        foreach (var span in trace)
        {
            Write(json, span);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Span span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId);
        WriteText(json, "parentId", span.ParentId);
        json.WriteString("id", span.Id);
        WriteText(json, "kind", span.Kind?.ToString().ToUpperInvariant());
        WriteText(json, "name", span.Name);
        WriteNumber(json, "timestamp", span.Timestamp);
        WriteNumber(json, "duration", span.Duration);
        WriteEndpoint(json, "localEndpoint", span.Local);
        WriteEndpoint(json, "remoteEndpoint", span.Remote);
        if (span.Annotations.Count > 0)
        {
            json.WriteStartArray("annotations");
            foreach (var annotation in span.Annotations)
            {
                json.WriteStartObject();
                json.WriteNumber("timestamp", annotation.Timestamp);
                json.WriteString("value", annotation.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (span.Tags.Count > 0)
        {
            json.WriteStartObject("tags");
            foreach (var (key, value) in span.Tags)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        WriteFlag(json, "debug", span.Debug);
        WriteFlag(json, "shared", span.Shared);
        json.WriteEndObject();
    }

    private static void WriteEndpoint(Utf8JsonWriter json, string name, SpanEndpoint? endpoint)
    {
        if (endpoint is null)
        {
            return;
        }

        json.WriteStartObject(name);
        WriteText(json, "serviceName", endpoint.ServiceName);
        WriteText(json, "ipv4", endpoint.IPv4);
        WriteText(json, "ipv6", endpoint.IPv6);
        WriteNumber(json, "port", endpoint.Port);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long value)
    {
        if (value > 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is true)
        {
            json.WriteBoolean(name, value: true);
        }
    }
}

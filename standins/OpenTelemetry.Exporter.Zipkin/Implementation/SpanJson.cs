using System.Diagnostics;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Zipkin.Implementation;

/// <summary>
/// One activity as a span of Zipkin's v2 JSON. Sources: Zipkin's OpenAPI description (zipkin2-api.yaml) and OpenTelemetry's specification of
/// the Zipkin exporter.
/// </summary>
internal static class SpanJson
{
    private const string StatusCode = "otel.status_code";
    private const string StatusDescription = "otel.status_description";
    private const string Error = "error";
    private const int ShortIdDigits = 16;

    public static void Write(Utf8JsonWriter json, Activity activity, LocalEndpoint self, bool shortTraceId)
    {
        json.WriteStartObject();
        var traceId = activity.TraceId.ToHexString();
        json.WriteString("traceId", shortTraceId ? traceId.AsSpan()[^ShortIdDigits..] : traceId);
        json.WriteString("name", activity.DisplayName);
        if (activity.ParentSpanId != default)
        {
            json.WriteString("parentId", activity.ParentSpanId.ToHexString());
        }

        json.WriteString("id", activity.SpanId.ToHexString());
        if (Kind(activity.Kind) is { } kind)
        {
            json.WriteString("kind", kind);
        }

        json.WriteNumber("timestamp", Microseconds(activity.StartTimeUtc));
        json.WriteNumber("duration", activity.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
        self.Write(json);
        if (RemoteEndpoint.Of(activity) is { } remote)
        {
            json.WriteStartObject("remoteEndpoint");
            json.WriteString("serviceName", remote);
            json.WriteEndObject();
        }

        WriteAnnotations(json, activity);
        json.WriteStartObject("tags");
        WriteTags(json, activity);
        WriteStatus(json, activity);
        WriteScope(json, activity.Source);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string? Kind(ActivityKind kind) => kind switch
    {
        ActivityKind.Server => "SERVER",
        ActivityKind.Client => "CLIENT",
        ActivityKind.Producer => "PRODUCER",
        ActivityKind.Consumer => "CONSUMER",
        _ => null,
    };

    private static long Microseconds(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static void WriteAnnotations(Utf8JsonWriter json, Activity activity)
    {
        var begun = false;
        foreach (ref readonly var happening in activity.EnumerateEvents())
        {
            if (!begun)
            {
                json.WriteStartArray("annotations");
                begun = true;
            }

            json.WriteStartObject();
            json.WriteNumber("timestamp", Microseconds(happening.Timestamp.UtcDateTime));
            json.WriteString("value", happening.Name);
            json.WriteEndObject();
        }

        if (begun)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteTags(Utf8JsonWriter json, Activity activity)
    {
        foreach (ref readonly var tag in activity.EnumerateTagObjects())
        {
            // These two say the status, which has its own words below.
            if (tag.Key is not (Error or StatusCode))
            {
                WriteTag(json, tag.Key, TagText.Of(tag.Key, tag.Value));
            }
        }
    }

    // "error" is what Zipkin itself marks a failed span by; it is there even where nothing is known of the failure.
    private static void WriteStatus(Utf8JsonWriter json, Activity activity)
    {
        var status = activity.Status switch
        {
            ActivityStatusCode.Ok => "OK",
            ActivityStatusCode.Error => "ERROR",
            _ => activity.GetTagItem(StatusCode) as string,
        };
        if (status is not ("OK" or "ERROR"))
        {
            return;
        }

        json.WriteString(StatusCode, status);
        if (status == "ERROR")
        {
            json.WriteString(
                Error,
                activity.StatusDescription ?? activity.GetTagItem(StatusDescription) as string ?? activity.GetTagItem(Error) as string
                ?? string.Empty);
        }
    }

    // Also under the names of before, as the specification asks ("InstrumentationScope").
    private static void WriteScope(Utf8JsonWriter json, ActivitySource source)
    {
        if (source.Name.Length == 0)
        {
            return;
        }

        json.WriteString("otel.scope.name", source.Name);
        json.WriteString("otel.library.name", source.Name);
        if (source.Version is { Length: > 0 } version)
        {
            json.WriteString("otel.scope.version", version);
            json.WriteString("otel.library.version", version);
        }
    }

    private static void WriteTag(Utf8JsonWriter json, string key, string? text)
    {
        if (text is not null)
        {
            json.WriteString(key, text);
        }
    }
}

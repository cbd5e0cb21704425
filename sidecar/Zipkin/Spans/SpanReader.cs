using System.Text;
using System.Text.Json;

namespace Sidecar.Zipkin.Spans;

/// <summary>
/// Reads a list of spans of Zipkin's v2 JSON, with Zipkin's own leniency: names in lower case, empty ones as absent, unknown fields passed over.
/// </summary>
internal sealed class SpanReader(SharedTexts texts)
{
    /// <summary>The spans of a request.</summary>
    /// <exception cref="SpanFormatException">It is no list of spans.</exception>
    public List<Span> Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ZipkinLimits.DepthMax });
        var spans = new List<Span>();
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                throw new SpanFormatException("Expected a JSON_V2 encoded list");
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                spans.Add(ReadSpan(ref json));
            }

            // What follows the list, and a list that does not end, are errors of the reader's.
            while (json.Read())
            {
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or SpanFormatException)
        {
            throw new SpanFormatException($"span {spans.Count}: {e.Message}");
        }

        return spans;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType token, string what)
    {
        if (json.TokenType != token)
        {
            throw new SpanFormatException($"{what}, but was {json.TokenType}");
        }
    }

    private static string Text(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String => json.GetString()!,
        JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(json.ValueSpan),
        _ => throw new SpanFormatException($"Expected a string, but was {json.TokenType}"),
    };

    private static long Number(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String && long.TryParse(json.GetString(), out var written))
        {
            return written;
        }

        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number)
            ? number
            : throw new SpanFormatException($"Expected a whole number, but was {Encoding.UTF8.GetString(json.ValueSpan)}");
    }

    private Span ReadSpan(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "Expected a span");
        var begin = json.TokenStartIndex;
        string? traceId = null, id = null, parentId = null, name = null;
        SpanKind? kind = null;
        long timestamp = 0, duration = 0;
        SpanEndpoint? local = null, remote = null;
        bool? debug = null, shared = null;
        IReadOnlyList<Annotation> annotations = [];
        IReadOnlyList<KeyValuePair<string, string>> tags = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = json.GetString()!;
            json.Read();
            if (json.TokenType == JsonTokenType.Null && field is not ("traceId" or "id"))
            {
                continue;
            }

            switch (field)
            {
                case "traceId": traceId = texts.Of(TraceIds.Trace(Text(ref json))); break;
                case "id": id = TraceIds.Span(Text(ref json)); break;
                case "parentId": parentId = TraceIds.Parent(Text(ref json)); break;
                case "name": name = Label(ref json); break;
                case "kind": kind = Kind(ref json); break;
                case "timestamp": timestamp = Math.Max(0, Number(ref json)); break;
                case "duration": duration = Math.Max(0, Number(ref json)); break;
                case "localEndpoint": local = ReadEndpoint(ref json); break;
                case "remoteEndpoint": remote = ReadEndpoint(ref json); break;
                case "annotations": annotations = ReadAnnotations(ref json); break;
                case "tags": tags = ReadTags(ref json); break;
                case "debug": debug = json.GetBoolean(); break;
                case "shared": shared = json.GetBoolean(); break;
                default: json.Skip(); break;
            }
        }

        if (json.TokenStartIndex - begin > ZipkinLimits.SpanBytesMax)
        {
            throw new SpanFormatException($"it has more than {ZipkinLimits.SpanBytesMax} bytes");
        }

        if (traceId is null || id is null)
        {
            throw new SpanFormatException($"{(traceId is null ? "traceId" : "id")} is missing");
        }

        return new Span
        {
            TraceId = traceId,
            Id = id,
            // Its own parent, or shared on the client's side: slips that Zipkin undoes.
            ParentId = parentId == id ? null : parentId,
            Shared = shared is true && kind is SpanKind.Client ? null : shared,
            Kind = kind,
            Name = name,
            Timestamp = timestamp,
            Duration = duration,
            Local = local,
            Remote = remote,
            Annotations = annotations,
            Tags = tags,
            Debug = debug,
        };
    }

    private string? Label(ref Utf8JsonReader json) =>
        Text(ref json) is { Length: > 0 } text ? texts.Of(text.ToLowerInvariant()) : null;

    private static SpanKind Kind(ref Utf8JsonReader json)
    {
        var text = Text(ref json);
        return text switch
        {
            "CLIENT" => SpanKind.Client,
            "SERVER" => SpanKind.Server,
            "PRODUCER" => SpanKind.Producer,
            "CONSUMER" => SpanKind.Consumer,
            _ => throw new SpanFormatException($"'{text}' is no kind; CLIENT, SERVER, PRODUCER and CONSUMER are"),
        };
    }

    private SpanEndpoint? ReadEndpoint(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "Expected an endpoint");
        var endpoint = SpanEndpoint.Empty;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = json.GetString()!;
            json.Read();
            if (json.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            switch (field)
            {
                case "serviceName": endpoint = endpoint with { ServiceName = Label(ref json) }; break;
                case "ipv4": endpoint = endpoint with { IPv4 = texts.Of(Text(ref json)) }; break;
                case "ipv6": endpoint = endpoint with { IPv6 = texts.Of(Text(ref json)) }; break;
                case "port": endpoint = endpoint with { Port = (int)Math.Clamp(Number(ref json), 0, ushort.MaxValue) }; break;
                default: json.Skip(); break;
            }
        }

        return endpoint == SpanEndpoint.Empty ? null : endpoint;
    }

    private List<Annotation> ReadAnnotations(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartArray, "Expected a list of annotations");
        var annotations = new List<Annotation>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref json, JsonTokenType.StartObject, "Expected an annotation");
            long timestamp = 0;
            string? value = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var field = json.GetString();
                json.Read();
                switch (field)
                {
                    case "timestamp": timestamp = Number(ref json); break;
                    case "value": value = texts.Of(Text(ref json)); break;
                    default: json.Skip(); break;
                }
            }

            annotations.Add(timestamp > 0 && value is not null
                ? new Annotation(timestamp, value)
                : throw new SpanFormatException("an annotation needs timestamp and value"));
        }

        return annotations;
    }

    private KeyValuePair<string, string>[] ReadTags(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject, "Expected tags");
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = texts.Of(json.GetString()!);
            json.Read();
            tags[key] = json.TokenType == JsonTokenType.Null
                ? throw new SpanFormatException($"tag {key} has no value")
                : texts.Of(Text(ref json));
        }

        return [.. tags];
    }
}

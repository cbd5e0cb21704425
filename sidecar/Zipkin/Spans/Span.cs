namespace Sidecar.Zipkin.Spans;

/// <summary>One span as Zipkin's v2 API has it (zipkin2-api.yaml, "Span"), or the part of one that was reported.</summary>
internal sealed record Span
{
    /// <summary>16 or 32 lower-case hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 digits; a client and a server may share it, see <see cref="Shared"/>.</summary>
    public required string Id { get; init; }

    /// <summary>16 digits; null for a root.</summary>
    public string? ParentId { get; init; }

    /// <summary>Null for work inside of one process.</summary>
    public SpanKind? Kind { get; init; }

    /// <summary>In lower case; null where it is unknown.</summary>
    public string? Name { get; init; }

    /// <summary>Start, microseconds of the epoch; 0 where it is unknown.</summary>
    public long Timestamp { get; init; }

    /// <summary>Microseconds; 0 where it is unknown.</summary>
    public long Duration { get; init; }

    /// <summary>Who reports it.</summary>
    public SpanEndpoint? Local { get; init; }

    /// <summary>The other side of a call.</summary>
    public SpanEndpoint? Remote { get; init; }

    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>By key, each key once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>True to keep it whatever the sampling; null where nobody says so.</summary>
    public bool? Debug { get; init; }

    /// <summary>True on the server's half of a span that the client began.</summary>
    public bool? Shared { get; init; }

    public string? Service => Local?.ServiceName;

    public string? RemoteService => Remote?.ServiceName;

    public bool Failed => Tag("error") is not null;

    /// <summary>The part of a trace id by which traces are found: tracers of 64 and of 128 bits agree on it.</summary>
    public static string LowTraceId(string traceId) => traceId.Length > TraceIds.Short ? traceId[^TraceIds.Short..] : traceId;

    public string? Tag(string key)
    {
        foreach (var tag in Tags)
        {
            if (tag.Key == key)
            {
                return tag.Value;
            }
        }

        return null;
    }
}

/// <summary>Which side of what a span shows.</summary>
internal enum SpanKind
{
    Client,
    Server,
    Producer,
    Consumer,
}

/// <summary>A node of the network; null for what is unknown, 0 for an unknown port.</summary>
internal sealed record SpanEndpoint(string? ServiceName, string? IPv4, string? IPv6, int Port)
{
    public static readonly SpanEndpoint Empty = new(null, null, null, 0);
}

/// <summary>What happened at a moment, in microseconds of the epoch.</summary>
internal readonly record struct Annotation(long Timestamp, string Value);

namespace Sidecar.Zipkin.Spans;

/// <summary>
/// Makes one span of the parts of one: tracers may report a span in pieces, or twice. Source of the rules: zipkin2.internal.Trace. What has the same
/// id, the same side (<see cref="Span.Shared"/>) and an endpoint that does not contradict is one span; a client and a server may share an id, and
/// stay two.
/// </summary>
internal static class SpanMerge
{
    /// <summary>The whole spans of one trace, all under its longest id, in the order in which they were first heard of.</summary>
    public static List<Span> Merge(IReadOnlyList<Span> parts)
    {
        var traceId = parts.Count == 0 ? string.Empty : parts.MaxBy(static s => s.TraceId.Length)!.TraceId;
        var wholes = new List<Span>(parts.Count);
        foreach (var sameId in parts.GroupBy(static s => s.Id, StringComparer.Ordinal))
        {
            Merge([.. sameId], traceId, wholes);
        }

        return wholes;
    }

    private static void Merge(List<Span> parts, string traceId, List<Span> wholes)
    {
        // The client's side first; parts without an endpoint first, so that they join the first that has one.
        var ordered = parts.Count == 1 ? parts
            : [.. parts.OrderBy(Side).ThenBy(static s => s.Local is null ? 0 : 1).ThenBy(static s => s.Service, StringComparer.Ordinal)];
        Span? client = null;
        for (var i = 0; i < ordered.Count; i++)
        {
            var span = ordered[i];
            while (i + 1 < ordered.Count && IsSame(span, ordered[i + 1]))
            {
                span = Join(span, ordered[++i]);
            }

            if (client is not null)
            {
                // A server's half that does not say it is one, or does not know the parent of the span that it shares.
                if (client.Kind is SpanKind.Client && span.Kind is SpanKind.Server)
                {
                    span = span with { Shared = true };
                }

                if (span is { Shared: true, ParentId: null })
                {
                    span = span with { ParentId = client.ParentId };
                }
            }

            wholes.Add(span.TraceId == traceId ? span : span with { TraceId = traceId });
            client = span;
        }
    }

    private static int Side(Span span) => span.Shared is true ? 2 : span.Kind is SpanKind.Client ? 0 : 1;

    private static bool IsSame(Span one, Span other) =>
        one.Shared is true == other.Shared is true && Agree(one.Local, other.Local);

    private static bool Agree(SpanEndpoint? one, SpanEndpoint? other) =>
        one is null || other is null
        || (Agree(one.ServiceName, other.ServiceName) && Agree(one.IPv4, other.IPv4) && Agree(one.IPv6, other.IPv6)
            && (one.Port == 0 || other.Port == 0 || one.Port == other.Port));

    private static bool Agree(string? one, string? other) => one is null || other is null || one == other;

    private static Span Join(Span first, Span next) => first with
    {
        ParentId = first.ParentId ?? next.ParentId,
        Kind = first.Kind ?? next.Kind,
        Name = first.Name ?? next.Name,
        Timestamp = first.Timestamp > 0 ? first.Timestamp : next.Timestamp,
        Duration = first.Duration > 0 ? first.Duration : next.Duration,
        Local = Join(first.Local, next.Local),
        Remote = Join(first.Remote, next.Remote),
        Annotations = [.. first.Annotations.Concat(next.Annotations).Distinct().OrderBy(static a => a.Timestamp)],
        Tags = Join(first.Tags, next.Tags),
        Debug = first.Debug ?? next.Debug,
        Shared = first.Shared ?? next.Shared,
    };

    private static SpanEndpoint? Join(SpanEndpoint? first, SpanEndpoint? next) =>
        first is null || next is null
            ? first ?? next
            : new SpanEndpoint(
                first.ServiceName ?? next.ServiceName, first.IPv4 ?? next.IPv4, first.IPv6 ?? next.IPv6, first.Port > 0 ? first.Port : next.Port);

    private static IReadOnlyList<KeyValuePair<string, string>> Join(
        IReadOnlyList<KeyValuePair<string, string>> first, IReadOnlyList<KeyValuePair<string, string>> next)
    {
        if (next.Count == 0)
        {
            return first;
        }

        var tags = new Dictionary<string, string>(first, StringComparer.Ordinal);
        foreach (var (key, value) in next)
        {
            tags[key] = value;
        }

        return [.. tags];
    }
}

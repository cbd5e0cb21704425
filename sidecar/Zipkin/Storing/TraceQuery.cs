using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Storing;

/// <summary>
/// Which traces are looked for. Source of the rules: zipkin2.storage.QueryRequest. Every condition must hold somewhere in the trace; those on name,
/// other side, tags and duration at spans of the service, where one is given. Times are milliseconds of the epoch, durations microseconds.
/// </summary>
internal sealed record TraceQuery(long EndTs, long Lookback)
{
    private const string Conjunction = " and ";

    public string? Service { get; init; }

    public string? RemoteService { get; init; }

    public string? SpanName { get; init; }

    /// <summary>Tags with their value; without one the key may also be an annotation.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public long? MinDuration { get; init; }

    public long? MaxDuration { get; init; }

    public int Limit { get; init; } = ZipkinLimits.DefaultTraces;

    /// <summary>Reads <c>http.method=GET and error</c>.</summary>
    public static Dictionary<string, string> ReadAnnotations(string? query)
    {
        var conditions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in (query ?? string.Empty).Split(Conjunction, ZipkinLimits.ConditionsMax, StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, separator, value) = part.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at
                ? (part[..at].Trim(), true, part[(at + 1)..].Trim())
                : (part.Trim(), false, string.Empty);
            if (separator)
            {
                conditions[key] = value;
            }
            else if (key.Length > 0)
            {
                conditions.TryAdd(key, value);
            }
        }

        return conditions;
    }

    /// <summary>When a trace began: its root, or its first span; microseconds, 0 where no span says.</summary>
    public static long Start(IReadOnlyList<Span> trace)
    {
        var start = 0L;
        foreach (var span in trace)
        {
            if (span.Timestamp == 0)
            {
                continue;
            }

            if (span.ParentId is null)
            {
                return span.Timestamp;
            }

            start = start == 0 ? span.Timestamp : Math.Min(start, span.Timestamp);
        }

        return start;
    }

    /// <summary>The traces that match, latest first, each as whole spans.</summary>
    public IReadOnlyList<IReadOnlyList<Span>> Select(IEnumerable<IReadOnlyList<Span>> traces) =>
    [
        .. traces.Select(static t => (Trace: t, Start: Start(t)))
            .Where(t => IsInWindow(t.Start))
            .OrderByDescending(static t => t.Start)
            .Select(static t => SpanMerge.Merge(t.Trace))
            .Where(Matches)
            .Take(Limit),
    ];

    /// <summary>True within the time that is asked for.</summary>
    public bool IsInWindow(long timestamp) =>
        timestamp > 0 && timestamp / 1000 <= EndTs && timestamp / 1000 >= EndTs - Lookback;

    private bool Matches(IReadOnlyList<Span> trace)
    {
        var spans = Service is null ? trace : [.. trace.Where(s => s.Service == Service)];
        return (Service is null || spans.Count > 0)
            && (RemoteService is null || spans.Any(s => s.RemoteService == RemoteService))
            && (SpanName is null || spans.Any(s => s.Name == SpanName))
            && (MinDuration is null || spans.Any(s => s.Duration >= MinDuration && s.Duration <= (MaxDuration ?? long.MaxValue)))
            && Annotations.All(c => spans.Any(s => Holds(s, c.Key, c.Value)));
    }

    private static bool Holds(Span span, string key, string value) =>
        span.Tag(key) is { } tag ? value.Length == 0 || tag == value : value.Length == 0 && span.Annotations.Any(a => a.Value == key);
}

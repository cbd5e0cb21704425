using System.Text;

namespace Tests.System.Traces;

/// <summary>A span as Zipkin's format has it.</summary>
internal sealed record SeenSpan(
    string TraceId, string Id, string? ParentId, string? Name, string? Kind, long Timestamp, SeenEndpoint? LocalEndpoint,
    IReadOnlyDictionary<string, string>? Tags)
{
    /// <summary>Who did what: <c>orders: send orders</c>. In small letters, for Zipkin stores names so.</summary>
    public string Title => $"{LocalEndpoint?.ServiceName}: {Name}".ToLowerInvariant();

    /// <summary>Id of the trace that it links to; null where it links to none.</summary>
    public string? LinkedTrace => Tag("consistency.link")?.Split('-')[1];

    public string? Tag(string name) => Tags?.GetValueOrDefault(name);
}

internal sealed record SeenEndpoint(string? ServiceName);

/// <summary>The spans of one trace, and what is wrong with them.</summary>
internal sealed class SeenTrace(string traceId, IReadOnlyList<SeenSpan> spans)
{
    private readonly ILookup<string, SeenSpan> byId = spans.ToLookup(s => s.Id, StringComparer.Ordinal);

    public IReadOnlyList<SeenSpan> Spans => spans;

    /// <summary>What is wrong with it as one trace below a client's span; null where nothing is.</summary>
    public string? Problem(string clientSpanId)
    {
        var twice = byId.FirstOrDefault(g => g.Count() > 1);
        var orphan = spans.FirstOrDefault(s => s.ParentId != clientSpanId && (s.ParentId is null || !byId.Contains(s.ParentId)));
        var roots = spans.Count(s => s.ParentId == clientSpanId);
        return twice is not null ? $"id {twice.Key} is there twice: {string.Join("; ", twice.Select(s => s.Title))}"
            : orphan is not null ? $"{orphan.Title} has no parent"
            : roots != 1 ? $"{roots} spans are directly below the client's"
            : null;
    }

    /// <summary>
    /// True if some span and those above it are these, in this order from the top, maybe with others between them.
    /// </summary>
    public bool HasPath(params string[] titles) => spans.Where(s => s.Title == titles[^1]).Any(last => Follows(last, titles));

    public IEnumerable<SeenSpan> Titled(string title) => spans.Where(s => s.Title == title);

    /// <summary>The tree, for failure messages.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"trace {traceId}, {spans.Count} spans\n");
        foreach (var top in spans.Where(s => s.ParentId is null || !byId.Contains(s.ParentId)))
        {
            Write(text, top, 1);
        }

        return text.ToString();
    }

    private bool Follows(SeenSpan last, string[] titles)
    {
        var next = titles.Length - 2;
        for (var above = ParentOf(last); above is not null && next >= 0; above = ParentOf(above))
        {
            next -= above.Title == titles[next] ? 1 : 0;
        }

        return next < 0;
    }

    private SeenSpan? ParentOf(SeenSpan span) => span.ParentId is { } parent ? byId[parent].FirstOrDefault() : null;

    private void Write(StringBuilder text, SeenSpan span, int depth)
    {
        text.Append(' ', depth * 2).Append(span.Title).Append(' ').Append(span.Kind)
            .Append(span.Tag("consistency.outcome") is { } outcome ? $" ({outcome})" : "")
            .Append(span.Tag("error") is { } error ? $" ERROR {error}" : "")
            .Append(span.LinkedTrace is { } link ? $" -> {link}" : "").Append('\n');
        foreach (var below in spans.Where(s => s.ParentId == span.Id).OrderBy(s => s.Timestamp))
        {
            Write(text, below, depth + 1);
        }
    }
}

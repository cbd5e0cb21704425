namespace Sidecar.Zipkin.Spans;

/// <summary>A span in the tree of its trace; the top has none where the trace has no root.</summary>
internal sealed class SpanNode(Span? span)
{
    private readonly List<SpanNode> _children = [];

    public Span? Span { get; } = span;

    public SpanNode? Parent { get; private set; }

    public IReadOnlyList<SpanNode> Children => _children;

    /// <summary>
    /// The tree of a trace. A server that shares its client's id is below it, and what the server's endpoint did is below the server (source:
    /// zipkin2.internal.SpanNode). Spans whose parent is unknown are below the first root.
    /// </summary>
    public static SpanNode Tree(IReadOnlyList<Span> parts)
    {
        var spans = SpanMerge.Merge(parts);
        var owners = new Dictionary<string, SpanNode>(StringComparer.Ordinal);
        var servers = new Dictionary<(string Id, string? Service), SpanNode>();
        var nodes = spans.ConvertAll(static s => new SpanNode(s));
        foreach (var node in nodes)
        {
            if (node.Span!.Shared is true)
            {
                servers.TryAdd((node.Span.Id, node.Span.Service), node);
                // For children that were reported from elsewhere, or do not say from where.
                servers.TryAdd((node.Span.Id, null), node);
            }
            else
            {
                owners.TryAdd(node.Span.Id, node);
            }
        }

        var top = nodes.Find(static n => n.Span is { ParentId: null, Shared: not true }) ?? new SpanNode(span: null);
        foreach (var node in nodes.Where(n => n != top))
        {
            var parent = ParentOf(node.Span!, owners, servers);
            (parent is null || parent == node || parent.IsBelow(node) ? top : parent).Add(node);
        }

        return top;
    }

    /// <summary>The spans, level by level.</summary>
    public IEnumerable<SpanNode> BreadthFirst()
    {
        var waiting = new Queue<SpanNode>([this]);
        while (waiting.TryDequeue(out var node))
        {
            if (node.Span is not null)
            {
                yield return node;
            }

            node._children.ForEach(waiting.Enqueue);
        }
    }

    private static SpanNode? ParentOf(Span span, Dictionary<string, SpanNode> owners, Dictionary<(string Id, string? Service), SpanNode> servers)
    {
        if (span.Shared is true)
        {
            return owners.GetValueOrDefault(span.Id) ?? (span.ParentId is { } above ? owners.GetValueOrDefault(above) : null);
        }

        return span.ParentId is not { } parentId ? null
            : servers.GetValueOrDefault((parentId, span.Service)) ?? owners.GetValueOrDefault(parentId)
                ?? servers.GetValueOrDefault((parentId, null));
    }

    // Spans of a broken tracer can be each other's parents; such a ring hangs below the top.
    private bool IsBelow(SpanNode node)
    {
        for (var above = Parent; above is not null; above = above.Parent)
        {
            if (above == node)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(SpanNode child)
    {
        child.Parent = this;
        _children.Add(child);
    }
}

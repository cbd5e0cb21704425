namespace Sidecar.Zipkin.Spans;

/// <summary>How often one service called another, and how often that failed.</summary>
internal sealed record DependencyLink(string Parent, string Child, long CallCount, long ErrorCount);

/// <summary>
/// Counts calls between services. Source of the rules: zipkin2.internal.DependencyLinker. A call is counted at the server, or at the client where no
/// span is below it; messages only where both the service and the broker are named.
/// </summary>
internal sealed class DependencyLinker
{
    private readonly Dictionary<(string Parent, string Child), (long Calls, long Errors)> _links = [];

    /// <summary>The links of all traces so far.</summary>
    public IEnumerable<DependencyLink> Links =>
        _links.Select(static l => new DependencyLink(l.Key.Parent, l.Key.Child, l.Value.Calls, l.Value.Errors));

    /// <summary>Counts the calls of one trace.</summary>
    public void Add(IReadOnlyList<Span> trace)
    {
        var top = SpanNode.Tree(trace);
        foreach (var node in top.BreadthFirst())
        {
            var span = node.Span!;
            var kind = span.Kind ?? (span.Service is not null && span.RemoteService is not null ? SpanKind.Client : null);
            // The server's name is better than what the client calls it, if the server reported.
            var isToldBelow = span.Kind is SpanKind.Client && node.Children.Count > 0;
            if (kind is null || isToldBelow)
            {
                continue;
            }

            var (parent, child) = kind is SpanKind.Server or SpanKind.Consumer
                ? (span.RemoteService, span.Service)
                : (span.Service, span.RemoteService);
            if (kind is SpanKind.Producer or SpanKind.Consumer)
            {
                Count(parent, child, span.Failed);
            }
            else if (node != top || kind is SpanKind.Client || parent is not null)
            {
                CountCall(node, kind.Value, parent, child);
            }
        }
    }

    private static Span? CallAbove(SpanNode node)
    {
        var above = node.Parent;
        while (above is not null && above.Span?.Kind is null)
        {
            above = above.Parent;
        }

        return above?.Span;
    }

    private void CountCall(SpanNode node, SpanKind kind, string? parent, string? child)
    {
        var span = node.Span!;
        var failed = span.Failed;
        if (CallAbove(node) is { Service: { } caller } above)
        {
            // The call above went to this service, whose server did not report it.
            if (kind is SpanKind.Client && span.Service is not null && caller != span.Service)
            {
                Count(caller, span.Service, failed: false);
            }

            if (kind is SpanKind.Server || parent is null)
            {
                parent = caller;
            }

            failed |= above.Kind is SpanKind.Client && span.ParentId == above.Id && above.Failed;
        }

        Count(parent, child, failed);
    }

    private void Count(string? parent, string? child, bool failed)
    {
        if (parent is null || child is null)
        {
            return;
        }

        var (calls, errors) = _links.GetValueOrDefault((parent, child));
        _links[(parent, child)] = (calls + 1, failed ? errors + 1 : errors);
    }
}

using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Storing;

/// <summary>
/// Keeps spans in memory, in the order in which their traces were first heard of; the first leaves first, whole, when there are too many. Spans that
/// arrive late join their trace. Traces go by the right half of their id, so that tracers of 64 and 128 bits meet. For any number of callers at once.
/// </summary>
internal sealed class TraceStore(
    int spansMax = ZipkinLimits.SpansMax, long bytesMax = ZipkinLimits.BytesMax, int spansOfTraceMax = ZipkinLimits.SpansOfTraceMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredTrace>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredTrace> _byAge = [];
    private readonly ServiceIndex _services = new();
    private int _spans;
    private long _bytes;

    /// <summary>Spans that are kept now, as they were reported.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _spans;
            }
        }
    }

    /// <summary>Their size in memory by estimate, bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Names of the services that reported, sorted.</summary>
    public IReadOnlyList<string> Services() => Names(static s => s.Names);

    /// <summary>Names of the spans of a service, sorted.</summary>
    public IReadOnlyList<string> SpanNames(string service) => Names(s => s.SpanNames(service));

    /// <summary>Names of those whom a service called, sorted.</summary>
    public IReadOnlyList<string> RemoteServices(string service) => Names(s => s.RemoteServices(service));

    /// <summary>Keeps spans, or parts of some.</summary>
    public void Add(IEnumerable<Span> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans)
            {
                Add(span);
            }
        }
    }

    /// <summary>The parts of one trace, as they came; empty if it is not there.</summary>
    public IReadOnlyList<Span> Find(string traceId)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(Span.LowTraceId(traceId), out var found) ? found.Value.Parts() : [];
        }
    }

    /// <summary>The parts of every trace.</summary>
    public IReadOnlyList<IReadOnlyList<Span>> All()
    {
        lock (_lock)
        {
            return [.. _byAge.Select(static t => t.Parts())];
        }
    }

    private IReadOnlyList<string> Names(Func<ServiceIndex, IEnumerable<string>> read)
    {
        lock (_lock)
        {
            return [.. read(_services).Order(StringComparer.Ordinal)];
        }
    }

    private void Add(Span span)
    {
        var id = Span.LowTraceId(span.TraceId);
        if (!_byId.TryGetValue(id, out var node))
        {
            node = _byAge.AddLast(new StoredTrace(id));
            _byId.Add(id, node);
        }

        if (node.Value.Count >= spansOfTraceMax)
        {
            return;
        }

        var size = SpanSize.Of(span);
        node.Value.Add(span, size);
        _services.Add(span);
        _spans++;
        _bytes += size;
        while (_spans > spansMax || _bytes > bytesMax)
        {
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var oldest = _byAge.First!.Value;
        _byAge.RemoveFirst();
        _byId.Remove(oldest.Id);
        foreach (var span in oldest.Parts())
        {
            _services.Remove(span);
        }

        _spans -= oldest.Count;
        _bytes -= oldest.Bytes;
    }
}

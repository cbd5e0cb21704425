using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Storing;

/// <summary>The parts of one trace. Its array only grows, so that readers of what was there need no lock.</summary>
internal sealed class StoredTrace(string id)
{
    private Span[] _parts = new Span[4];

    public string Id { get; } = id;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(Span span, int bytes)
    {
        if (Count == _parts.Length)
        {
            Array.Resize(ref _parts, Count * 2);
        }

        _parts[Count++] = span;
        Bytes += bytes;
    }

    /// <summary>The parts until now.</summary>
    public IReadOnlyList<Span> Parts() => new ArraySegment<Span>(_parts, 0, Count);
}

using Sidecar.Zipkin.Spans;

namespace Sidecar.Zipkin.Storing;

/// <summary>
/// Which services are in the kept spans, with which span names and which services on the other side. Counted, so that a name leaves with its last
/// span.
/// </summary>
internal sealed class ServiceIndex
{
    private readonly Dictionary<string, Entry> _services = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _services.Keys;

    public IEnumerable<string> SpanNames(string service) => _services.TryGetValue(service, out var entry) ? entry.SpanNames.Keys : [];

    public IEnumerable<string> RemoteServices(string service) => _services.TryGetValue(service, out var entry) ? entry.Remotes.Keys : [];

    public void Add(Span span) => Change(span, by: 1);

    public void Remove(Span span) => Change(span, by: -1);

    private static void Count(Dictionary<string, int> counts, string? name, int by)
    {
        if (name is null)
        {
            return;
        }

        var count = counts.GetValueOrDefault(name) + by;
        if (count > 0)
        {
            counts[name] = count;
        }
        else
        {
            counts.Remove(name);
        }
    }

    private void Change(Span span, int by)
    {
        if (span.Service is not { } service)
        {
            return;
        }

        if (!_services.TryGetValue(service, out var entry))
        {
            _services.Add(service, entry = new Entry());
        }

        Count(entry.SpanNames, span.Name, by);
        Count(entry.Remotes, span.RemoteService, by);
        entry.Spans += by;
        if (entry.Spans == 0)
        {
            _services.Remove(service);
        }
    }

    private sealed class Entry
    {
        public Dictionary<string, int> SpanNames { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, int> Remotes { get; } = new(StringComparer.Ordinal);

        public int Spans { get; set; }
    }
}

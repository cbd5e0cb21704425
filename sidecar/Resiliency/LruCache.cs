namespace Sidecar.Resiliency;

/// <summary>
/// Keeps the <paramref name="capacity"/> most recently used values; bounds what callers can make us remember.
/// </summary>
internal sealed class LruCache<TValue>(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, TValue Value)>> _nodes = new(
        StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TValue Value)> _recent = new();

    public TValue GetOrAdd(string key, Func<string, TValue> create)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Value;
            }

            if (_nodes.Count >= capacity)
            {
                _nodes.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }

            var value = create(key);
            _nodes.Add(key, _recent.AddFirst((key, value)));
            return value;
        }
    }
}

namespace Sidecar.Components.PubSubRedis;

/// <summary>
/// The entries of one group that this process has taken and the server does not know to be done: waiting, at the app, or with their
/// acknowledgement on its way. Thread-safe.
/// </summary>
internal sealed class HeldEntries(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>Takes an entry; false where it is held already.</summary>
    public bool TryAdd(string id)
    {
        lock (_lock)
        {
            return _since.TryAdd(id, time.GetTimestamp());
        }
    }

    /// <summary>These are held no more.</summary>
    public void Remove(IEnumerable<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                _since.Remove(id);
            }
        }
    }

    /// <summary>Those that have been held for this long: most are done long before.</summary>
    public string[] HeldFor(TimeSpan age)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            return [.. _since.Where(pair => time.GetElapsedTime(pair.Value, now) >= age).Select(static pair => pair.Key)];
        }
    }
}

using Sidecar.Resources;

namespace Sidecar.Components.StateInMemory;

/// <summary><c>state.in-memory</c>: values in this process's memory, gone when it ends. For tests and caches.</summary>
public sealed class InMemoryStateStore : IStateStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly ETagSource _etags = new();

    /// <summary>An empty store.</summary>
    public InMemoryStateStore(TimeProvider time)
    {
        _time = time;
        _sweeper = time.CreateTimer(static store => ((InMemoryStateStore)store!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    /// <summary>Builds the store that a component file asks for.</summary>
    /// <exception cref="ResourceException">A metadata name is unknown.</exception>
    public static Task<IStateStore> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        ComponentMetadata.RefuseUnknown(component, ComponentMetadata.OfEveryStateStore);
        return Task.FromResult<IStateStore>(new InMemoryStateStore(context.Time));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var found = new List<StateItem>(keys.Count);
        lock (_gate)
        {
            foreach (var key in keys)
            {
                if (Find(key, now) is { } entry)
                {
                    found.Add(new StateItem(key, entry.Value, ETagSource.Format(entry.ETag), entry.ExpiresAt));
                }
            }
        }
        return Task.FromResult<IReadOnlyList<StateItem>>(found);
    }

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            // All versions are checked before anything is written, so that a refusal leaves nothing behind.
            foreach (var write in writes)
            {
                var current = Find(write.Key, now);
                if (ETagSource.Refusal(write, current?.ETag) is { } refusal)
                {
                    return Task.FromException(refusal);
                }
            }
            foreach (var write in writes)
            {
                if (write.Value is { } value)
                {
                    var expiry = write.TtlSeconds is > 0 and var seconds ? now.AddSeconds(seconds) : (DateTimeOffset?)null;
                    _entries[write.Key] = new Entry(value.ToArray(), _etags.Next(), expiry);
                }
                else
                {
                    _entries.Remove(write.Key);
                }
            }
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sweeper.DisposeAsync();

    private Entry? Find(string key, DateTimeOffset now) =>
        _entries.TryGetValue(key, out var entry) && !(entry.ExpiresAt <= now) ? entry : null;

    private void Sweep()
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            foreach (var (key, entry) in _entries)
            {
                if (entry.ExpiresAt <= now)
                {
                    _entries.Remove(key);
                }
            }
        }
    }

    private sealed record Entry(byte[] Value, long ETag, DateTimeOffset? ExpiresAt);
}

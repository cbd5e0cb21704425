using Consistency.Caching;

namespace Tests.Unit.Consistency.Caching;

/// <summary>A store that keeps its word on ETags, and whose entries a test can lay hands on.</summary>
internal sealed class TestStore : ICacheStore
{
    private long etags;

    public Dictionary<string, StoredText> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs before each call; may throw or wait.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

    public int Calls { get; private set; }

    public async Task<StoredText?> GetAsync(string key, CancellationToken cancellationToken)
    {
        Calls++;
        await Before(cancellationToken);
        return Entries.GetValueOrDefault(key);
    }

    public async Task<bool> TrySetAsync(string key, string text, string? etag, TimeSpan keep, CancellationToken cancellationToken)
    {
        Calls++;
        await Before(cancellationToken);
        keep.ShouldBeGreaterThan(TimeSpan.Zero);
        if (Entries.GetValueOrDefault(key)?.ETag != etag)
        {
            return false;
        }

        Entries[key] = new StoredText(text, $"{++etags}");
        return true;
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        Calls++;
        await Before(cancellationToken);
        Entries.Remove(key);
    }
}

namespace Consistency.Caching;

/// <summary>An entry as the store has it.</summary>
/// <param name="Text">What was set.</param>
/// <param name="ETag">The store's version of the entry; changes with every write.</param>
public sealed record StoredText(string Text, string ETag);

/// <summary>
/// A store that several processes share, and that is trusted with nothing: it may be slow, gone, or altered by others. Exceptions of any
/// kind mean that it failed.
/// </summary>
public interface ICacheStore
{
    /// <summary>The entry, or null where there is none.</summary>
    Task<StoredText?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes an entry if it is still the one that was read: the first writer wins.</summary>
    /// <param name="key">Key.</param>
    /// <param name="text">Entry.</param>
    /// <param name="etag">Version of the entry that is replaced; null if there was none.</param>
    /// <param name="keep">How long the store keeps the entry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False if somebody has written meanwhile.</returns>
    Task<bool> TrySetAsync(string key, string text, string? etag, TimeSpan keep, CancellationToken cancellationToken);

    /// <summary>Removes an entry, whatever it is.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

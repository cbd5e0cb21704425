namespace Sidecar.Components;

/// <summary>A stored value. Keys are already prefixed as Dapr prefixes them (<c>appId||key</c> by default).</summary>
/// <param name="Key">Full key.</param>
/// <param name="Value">The bytes that were saved.</param>
/// <param name="ETag">Opaque version, changed by every write.</param>
/// <param name="ExpiresAt">When the value goes away, where a TTL was set.</param>
public sealed record StateItem(string Key, ReadOnlyMemory<byte> Value, string ETag, DateTimeOffset? ExpiresAt);

/// <summary>One write of a transaction.</summary>
/// <param name="Key">Full key.</param>
/// <param name="Value">The new value; null deletes.</param>
/// <param name="ETag">Expected version; null writes whatever is there.</param>
/// <param name="FirstWrite">Concurrency <c>first-write</c>: without an ETag the key must not exist yet.</param>
/// <param name="TtlSeconds">
/// Time to live in seconds; 0 where the caller wants it to be kept for ever. Null where the caller said nothing: for ever too, but Redis then keeps
/// what time the value had.
/// </param>
public sealed record StateWrite(string Key, ReadOnlyMemory<byte>? Value, string? ETag, bool FirstWrite, int? TtlSeconds);

/// <summary>The expected version is not the stored one.</summary>
/// <param name="key">The full key.</param>
/// <param name="detail">What the store knows about it, for the message; null for the key alone.</param>
public sealed class EtagMismatchException(string key, string? detail = null) : Exception($"{Prefix}: {detail ?? $"key={key}"}")
{
    /// <summary>How Dapr's message begins.</summary>
    public const string Prefix = "possible etag mismatch. error from state store";

    /// <summary>The key whose version differed.</summary>
    public string Key { get; } = key;
}

/// <summary>
/// The value exists and was, or is to be, written with first-write, and no version was passed. To Dapr on Redis that is no conflict but an error.
/// </summary>
public sealed class FirstWriteException(string key) : Exception($"failed to set key {key}: item already exists and no etag was passed");

/// <summary>The expected version is not a version that this store could have given out.</summary>
public sealed class EtagInvalidException(string etag) : Exception($"invalid etag value: {etag}");

/// <summary>A key/value store with optimistic concurrency, transactions and time to live.</summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>What the metadata API lists, in Dapr's words: ETAG, TRANSACTIONAL, TTL, ...</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>Why the store does not answer queries, in Dapr's words for it; null for those of stores that cannot query at all.</summary>
    string? QueryRefusal => null;

    /// <summary>How Dapr's message about a time to live that is no number begins with this store.</summary>
    string TtlParser => "strconv.Atoi";

    /// <summary>The values of those keys that exist and have not expired, in any order.</summary>
    Task<IReadOnlyList<StateItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>All writes or none; completes when they survive a kill of this process.</summary>
    /// <exception cref="EtagMismatchException">A version differed; nothing was written.</exception>
    /// <exception cref="FirstWriteException">It exists; nothing was written. Thrown by Redis only.</exception>
    /// <exception cref="EtagInvalidException">A version is malformed; nothing was written.</exception>
    Task WriteAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken);
}

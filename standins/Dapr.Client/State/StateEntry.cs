using Dapr.Client;

namespace Dapr;

/// <summary>A value of a state store together with its ETag, to be changed and saved.</summary>
/// <typeparam name="TValue">Type of the value.</typeparam>
/// <param name="client">Saves and deletes.</param>
/// <param name="storeName">Name of the state store.</param>
/// <param name="key">The key.</param>
/// <param name="value">The value as read.</param>
/// <param name="etag">The value's ETag as read.</param>
public sealed class StateEntry<TValue>(DaprClient client, string storeName, string key, TValue value, string etag)
{
    /// <summary>Name of the state store.</summary>
    public string StoreName { get; } = storeName ?? throw new ArgumentNullException(nameof(storeName));

    /// <summary>The key.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));

    /// <summary>The value: set it, then save.</summary>
    public TValue Value { get; set; } = value;

    /// <summary>
    /// The value's ETag as read. Saving does not change it: read the entry again before a second attempt.
    /// </summary>
    public string ETag { get; } = etag;

    /// <summary>Deletes the entry, whatever its ETag is now.</summary>
    /// <param name="stateOptions">How to delete.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        client.DeleteStateAsync(StoreName, Key, stateOptions, metadata, cancellationToken);

    /// <summary>Saves <see cref="Value"/>, whatever the entry's ETag is now.</summary>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SaveAsync(
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        client.SaveStateAsync(StoreName, Key, Value, stateOptions, metadata, cancellationToken);

    /// <summary>Saves <see cref="Value"/> if nobody has written the entry since it was read.</summary>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where somebody has.</returns>
    public Task<bool> TrySaveAsync(
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        client.TrySaveStateAsync(StoreName, Key, Value, ETag, stateOptions, metadata, cancellationToken);

    /// <summary>Deletes the entry if nobody has written it since it was read.</summary>
    /// <param name="stateOptions">How to delete.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where somebody has.</returns>
    public Task<bool> TryDeleteAsync(
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default) =>
        client.TryDeleteStateAsync(StoreName, Key, ETag, stateOptions, metadata, cancellationToken);
}

namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>Reads a value.</summary>
    /// <typeparam name="TValue">Type of the value, which is JSON.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="consistencyMode">How fresh it must be.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The value; the type's default where the key is missing.</returns>
    public abstract Task<TValue> GetStateAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads several values as JSON text.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="keys">The keys, at least one.</param>
    /// <param name="parallelism">How many the store may read at a time.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads several values.</summary>
    /// <typeparam name="TValue">Type of the values, which are JSON.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="keys">The keys, at least one.</param>
    /// <param name="parallelism">How many the store may read at a time.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IReadOnlyList<BulkStateItem<TValue>>> GetBulkStateAsync<TValue>(
        string storeName,
        IReadOnlyList<string> keys,
        int? parallelism,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves several values; not all or none: for that use a transaction.</summary>
    /// <typeparam name="TValue">Type of the values; JSON is written by this type.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="items">The values, at least one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SaveBulkStateAsync<TValue>(
        string storeName,
        IReadOnlyList<SaveStateItem<TValue>> items,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes several values; not all or none: for that use a transaction.</summary>
    /// <remarks>The HTTP API has no such call: the values are deleted one by one, up to the first that fails.</remarks>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="items">The keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task DeleteBulkStateAsync(
        string storeName, IReadOnlyList<BulkDeleteStateItem> items, CancellationToken cancellationToken = default);

    /// <summary>Reads a value and its ETag.</summary>
    /// <typeparam name="TValue">Type of the value, which is JSON.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="consistencyMode">How fresh it must be.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The value and its ETag; the type's default and an empty text where the key is missing.</returns>
    public abstract Task<(TValue value, string etag)> GetStateAndETagAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads a value to be changed and saved.</summary>
    /// <typeparam name="TValue">Type of the value, which is JSON.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="consistencyMode">How fresh it must be.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StateEntry<TValue>> GetStateEntryAsync<TValue>(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        ArgumentException.ThrowIfNullOrEmpty(key);
        var (value, etag) = await GetStateAndETagAsync<TValue>(
            storeName, key, consistencyMode, metadata, cancellationToken);
        return new StateEntry<TValue>(this, storeName, key, value, etag);
    }

    /// <summary>Saves a value.</summary>
    /// <typeparam name="TValue">Type of the value; JSON is written by this type.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves bytes.</summary>
    /// <remarks>
    /// The HTTP API carries JSON only. Bytes that are JSON in UTF-8 are stored as that value, which the sidecar may
    /// write differently (spaces, order of members); all others as the text
    /// <c>data:application/octet-stream;base64,...</c>, which <see cref="GetByteStateAsync"/> turns back into the
    /// bytes. The official package stores the bytes as they are.
    /// </remarks>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="binaryValue">The bytes.</param>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task SaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Saves bytes if the stored value's ETag is still the given one. See <see cref="SaveByteStateAsync"/>.
    /// </summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="binaryValue">The bytes.</param>
    /// <param name="etag">The ETag; an empty text stands for none.</param>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the ETag is another.</returns>
    public abstract Task<bool> TrySaveByteStateAsync(
        string storeName,
        string key,
        ReadOnlyMemory<byte> binaryValue,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads bytes. See <see cref="SaveByteStateAsync"/>.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="consistencyMode">How fresh they must be.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The bytes; none where the key is missing.</returns>
    public abstract Task<ReadOnlyMemory<byte>> GetByteStateAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads bytes and their ETag. See <see cref="SaveByteStateAsync"/>.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="consistencyMode">How fresh they must be.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The bytes and their ETag; no bytes and an empty text where the key is missing.</returns>
    public abstract Task<(ReadOnlyMemory<byte>, string etag)> GetByteStateAndETagAsync(
        string storeName,
        string key,
        ConsistencyMode? consistencyMode = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Saves a value if the stored one's ETag is still the given one.</summary>
    /// <typeparam name="TValue">Type of the value; JSON is written by this type.</typeparam>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="etag">The ETag; an empty text stands for none.</param>
    /// <param name="stateOptions">How to save.</param>
    /// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the ETag is another.</returns>
    public abstract Task<bool> TrySaveStateAsync<TValue>(
        string storeName,
        string key,
        TValue value,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Carries out several operations, all or none where the state store can.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="operations">The operations, at least one.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task ExecuteStateTransactionAsync(
        string storeName,
        IReadOnlyList<StateTransactionRequest> operations,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a value.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="stateOptions">How to delete.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task DeleteStateAsync(
        string storeName,
        string key,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes a value if its ETag is still the given one.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">The key.</param>
    /// <param name="etag">The ETag; an empty text stands for none.</param>
    /// <param name="stateOptions">How to delete.</param>
    /// <param name="metadata">Metadata for the state store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the ETag is another.</returns>
    public abstract Task<bool> TryDeleteStateAsync(
        string storeName,
        string key,
        string etag,
        StateOptions? stateOptions = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);
}

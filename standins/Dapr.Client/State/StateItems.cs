namespace Dapr.Client;

/// <summary>One value of <see cref="DaprClient.SaveBulkStateAsync{TValue}"/>.</summary>
/// <typeparam name="TValue">Type of the value.</typeparam>
/// <param name="key">The key.</param>
/// <param name="value">The value.</param>
/// <param name="etag">The ETag that the stored value must have; null for any.</param>
/// <param name="stateOptions">How to save.</param>
/// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
public readonly struct SaveStateItem<TValue>(
    string key,
    TValue value,
    string etag,
    StateOptions? stateOptions = null,
    IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value.</summary>
    public TValue Value { get; } = value;

    /// <summary>The ETag that the stored value must have; null for any.</summary>
    public string ETag { get; } = etag;

    /// <summary>How to save.</summary>
    public StateOptions? StateOptions { get; } = stateOptions;

    /// <summary>Metadata for the state store, such as <c>ttlInSeconds</c>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}

/// <summary>One key of <see cref="DaprClient.DeleteBulkStateAsync"/>.</summary>
/// <param name="key">The key.</param>
/// <param name="etag">The ETag that the stored value must have; null for any.</param>
/// <param name="stateOptions">How to delete.</param>
/// <param name="metadata">Metadata for the state store.</param>
public readonly struct BulkDeleteStateItem(
    string key,
    string etag,
    StateOptions? stateOptions = null,
    IReadOnlyDictionary<string, string>? metadata = null)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The ETag that the stored value must have; null for any.</summary>
    public string ETag { get; } = etag;

    /// <summary>How to delete.</summary>
    public StateOptions? StateOptions { get; } = stateOptions;

    /// <summary>Metadata for the state store.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}

// Without nullable annotations from here on, as the official types are.
#nullable disable

/// <summary>One value of a bulk read, as JSON text.</summary>
/// <param name="key">The key.</param>
/// <param name="value">The value as JSON text; empty where the key is missing.</param>
/// <param name="etag">The value's ETag; empty where the key is missing.</param>
public readonly struct BulkStateItem(string key, string value, string etag)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value as JSON text; empty where the key is missing.</summary>
    public string Value { get; } = value;

    /// <summary>The value's ETag; empty where the key is missing.</summary>
    public string ETag { get; } = etag;
}

/// <summary>One value of a bulk read.</summary>
/// <typeparam name="TValue">Type of the value.</typeparam>
/// <param name="key">The key.</param>
/// <param name="value">The value; the type's default where the key is missing.</param>
/// <param name="etag">The value's ETag; empty where the key is missing.</param>
public readonly struct BulkStateItem<TValue>(string key, TValue value, string etag)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The value; the type's default where the key is missing.</summary>
    public TValue Value { get; } = value;

    /// <summary>The value's ETag; empty where the key is missing.</summary>
    public string ETag { get; } = etag;
}

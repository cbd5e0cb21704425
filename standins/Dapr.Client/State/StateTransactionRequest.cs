namespace Dapr.Client;

/// <summary>One operation of a state transaction.</summary>
/// <param name="key">The key.</param>
/// <param name="value">
/// The value, normally JSON in UTF-8 (see <see cref="DaprClient.SaveByteStateAsync"/>); null to delete.
/// </param>
/// <param name="operationType">What to do.</param>
/// <param name="etag">The ETag that the stored value must have; null for any.</param>
/// <param name="metadata">Metadata for the state store, such as <c>ttlInSeconds</c>.</param>
/// <param name="options">How to do it.</param>
public sealed class StateTransactionRequest(
    string key,
    byte[]? value,
    StateOperationType operationType,
    string? etag = null,
    IReadOnlyDictionary<string, string>? metadata = null,
    StateOptions? options = null)
{
    /// <summary>How to do it. A field, as in the official package.</summary>
    public StateOptions? Options = options;

    /// <summary>The key.</summary>
    public string Key { get; } = key ?? throw new ArgumentNullException(nameof(key));

    /// <summary>The value, normally JSON in UTF-8; null to delete.</summary>
    public byte[]? Value { get; set; } = value;

    /// <summary>What to do.</summary>
    public StateOperationType? OperationType { get; set; } = operationType;

    /// <summary>The ETag that the stored value must have; null for any.</summary>
    public string? ETag { get; set; } = etag;

    /// <summary>Metadata for the state store, such as <c>ttlInSeconds</c>.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; set; } = metadata;
}

namespace Dapr.Client;

/// <summary>Answer of an output binding.</summary>
/// <param name="request">What was asked.</param>
/// <param name="data">The answer.</param>
/// <param name="metadata">Metadata of the answer.</param>
public sealed class BindingResponse(
    BindingRequest request, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata)
{
    /// <summary>What was asked.</summary>
    public BindingRequest Request { get; } = request ?? throw new ArgumentNullException(nameof(request));

    /// <summary>The answer.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>Metadata of the answer.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } =
        metadata ?? throw new ArgumentNullException(nameof(metadata));
}

// Without nullable annotations, as the official type is.
#nullable disable

namespace Dapr.Client;

/// <summary>A call of an output binding.</summary>
/// <param name="bindingName">Name of the binding component.</param>
/// <param name="operation">What it is asked to do.</param>
public sealed class BindingRequest(string bindingName, string operation)
{
    /// <summary>Name of the binding component.</summary>
    public string BindingName { get; } = bindingName ?? throw new ArgumentNullException(nameof(bindingName));

    /// <summary>What it is asked to do.</summary>
    public string Operation { get; } = operation ?? throw new ArgumentNullException(nameof(operation));

    /// <summary>The data: JSON, or text in UTF-8 (the HTTP API carries nothing else).</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Metadata for the binding.</summary>
    public Dictionary<string, string> Metadata { get; } = [];
}

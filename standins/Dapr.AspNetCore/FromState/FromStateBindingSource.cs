using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Dapr.AspNetCore.FromState;

/// <summary>Tells the model binder where a value comes from.</summary>
internal sealed class FromStateBindingSource(string storeName, string? key)
    : BindingSource(SourceId, "Dapr state store", isGreedy: true, isFromRequest: false)
{
    public const string SourceId = "state";

    public string StoreName { get; } = storeName;

    public string? Key { get; } = key;
}

// Without nullable annotations, as the official type is.
#nullable disable

using Dapr.AspNetCore.FromState;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Microsoft.AspNetCore.Mvc;

/// <summary>
/// Fills a controller's parameter or property from a state store: the value itself, or a
/// <see cref="Dapr.StateEntry{TValue}"/>. The key is a route value. Needs <c>AddControllers().AddDapr()</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter, AllowMultiple = false, Inherited = true)]
public class FromStateAttribute : Attribute, IBindingSourceMetadata
{
    /// <summary>The key is the route value of the parameter's name.</summary>
    /// <param name="storeName">Name of the state store.</param>
    public FromStateAttribute(string storeName)
    {
        ArgumentException.ThrowIfNullOrEmpty(storeName);
        StoreName = storeName;
    }

    /// <summary>The key is the route value <paramref name="key"/>.</summary>
    /// <param name="storeName">Name of the state store.</param>
    /// <param name="key">Name of the route value.</param>
    public FromStateAttribute(string storeName, string key)
    {
        StoreName = storeName;
        Key = key;
    }

    /// <summary>Name of the state store.</summary>
    public string StoreName { get; }

    /// <summary>Name of the route value that is the key; null for the parameter's name.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    public BindingSource BindingSource => new FromStateBindingSource(StoreName, Key);
}

namespace ServiceDefaults.Messaging;

/// <summary>The event types that this app handles.</summary>
internal sealed class HandledEvents
{
    private readonly HashSet<string> types = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds a type and numbers its routing rule: Dapr tries a topic's rules by priority and wants no two alike. Ours exclude each
    /// other, so the order in which they are mapped serves.
    /// </summary>
    public int Add(string type)
    {
        types.Add(type);
        return types.Count;
    }

    /// <summary>True for a type that is handled here, and for what tells no type.</summary>
    public bool Concerns(string? type) => string.IsNullOrEmpty(type) || types.Contains(type);
}

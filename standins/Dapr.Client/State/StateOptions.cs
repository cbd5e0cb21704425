namespace Dapr.Client;

/// <summary>What happens when two writers meet.</summary>
public enum ConcurrencyMode
{
    /// <summary>The first write wins: a write that does not name the current ETag is refused.</summary>
    FirstWrite,

    /// <summary>The last write wins.</summary>
    LastWrite,
}

/// <summary>When a state store's answer counts as done.</summary>
public enum ConsistencyMode
{
    /// <summary>Replicas may lag.</summary>
    Eventual,

    /// <summary>Replicas are awaited.</summary>
    Strong,
}

/// <summary>How a state operation is carried out. What is null is left to the state store.</summary>
public class StateOptions
{
    /// <summary>When the store's answer counts as done.</summary>
    public ConsistencyMode? Consistency { get; set; }

    /// <summary>What happens when two writers meet.</summary>
    public ConcurrencyMode? Concurrency { get; set; }
}

/// <summary>What one operation of a state transaction does.</summary>
public enum StateOperationType
{
    /// <summary>Writes the value, new or not.</summary>
    Upsert,

    /// <summary>Deletes the value.</summary>
    Delete,
}

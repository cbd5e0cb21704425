namespace Consistency.Conflicts;

/// <summary>
/// The name of one write: the replica that did it, and which of its writes to this record it was, from 1 (Preguiça et al., "Dotted Version
/// Vectors: Logical Clocks for Optimistic Replication", 2010). No two writes may ever share one.
/// </summary>
/// <param name="Replica">Replica.</param>
/// <param name="Counter">Which of its writes.</param>
public readonly record struct Dot(string Replica, long Counter)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Replica}:{Counter}";
}

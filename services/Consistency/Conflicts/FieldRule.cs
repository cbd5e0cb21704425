namespace Consistency.Conflicts;

/// <summary>
/// What a replica makes of values that were written concurrently. A rule of reading only: nothing of it is in the replicated state, so it
/// may differ between replicas, and may be changed at any time.
/// </summary>
public enum FieldPolicy
{
    /// <summary>The last writer's value counts; the others are logged.</summary>
    Lww,

    /// <summary>Members of an object are taken one by one; for the same member the last writer's counts, the others are logged.</summary>
    Merge,

    /// <summary>All are kept until somebody decides by writing the field; meanwhile a cautious one is used.</summary>
    Manual,
}

/// <summary>A field of a record.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Policy">How concurrent values are read.</param>
/// <param name="Members">Members, where its value is an object; empty where it is a single value.</param>
/// <param name="LowestIsCautious">While a manual conflict is open: true uses the lowest number, false the last writer's value.</param>
public sealed record FieldRule(string Name, FieldPolicy Policy, IReadOnlyList<string> Members, bool LowestIsCautious = false)
{
    /// <summary>The register of a member.</summary>
    public string PathOf(string member) => $"{Name}.{member}";
}

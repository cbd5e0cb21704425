using System.Text.Json;

namespace Contracts.Conflicts;

/// <summary>One of several values that were written concurrently.</summary>
/// <param name="Path">The field, or the member of it that the value is of.</param>
/// <param name="Value">The value; null where the writer removed it.</param>
/// <param name="WrittenAt">The writer's clock.</param>
/// <param name="Replica">Who wrote it: app id and a part that is the process's own.</param>
/// <param name="Used">True for the one that counts.</param>
public sealed record ConflictSibling(string Path, JsonElement Value, DateTimeOffset WrittenAt, string Replica, bool Used);

/// <summary>A field that was written concurrently, as its replica reads it now.</summary>
/// <param name="Field">Field.</param>
/// <param name="Policy">lww, merge or manual.</param>
/// <param name="Open">True while somebody has to decide.</param>
/// <param name="Siblings">The values, oldest first.</param>
public sealed record FieldConflict(string Field, string Policy, bool Open, IReadOnlyList<ConflictSibling> Siblings);

/// <summary>A conflict as a replica met it. Answer of GET /conflicts.</summary>
/// <param name="Sequence">Position in this replica's log.</param>
/// <param name="Kind">Kind of record, for example <c>customer</c>.</param>
/// <param name="Key">Its id.</param>
/// <param name="Field">Field.</param>
/// <param name="Policy">lww, merge or manual, as configured when it was met.</param>
/// <param name="Kept">The value used since: while it is open the cautious one, later the one that was decided on.</param>
/// <param name="Siblings">The values written concurrently; those not used were discarded once it was resolved.</param>
/// <param name="SeenAt">When this replica met it.</param>
/// <param name="ResolvedAt">When it ended here; null while it is open.</param>
/// <param name="ResolvedBy">The policy that decided at once, the key of the operator who decided, or the replica that wrote the deciding value.</param>
public sealed record ConflictEntry(
    long Sequence, string Kind, string Key, string Field, string Policy, JsonElement Kept, IReadOnlyList<ConflictSibling> Siblings,
    DateTimeOffset SeenAt, DateTimeOffset? ResolvedAt, string? ResolvedBy);

/// <summary>Which conflicts to list.</summary>
public static class ConflictStatuses
{
    /// <summary>Somebody has to decide.</summary>
    public const string Open = "open";

    /// <summary>Ended, by a policy or by somebody.</summary>
    public const string Resolved = "resolved";
}

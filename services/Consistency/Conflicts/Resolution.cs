namespace Consistency.Conflicts;

/// <summary>One of several values that were written concurrently and differ.</summary>
/// <param name="Path">Its register: the field, or the member that it is about.</param>
/// <param name="Sibling">The value.</param>
/// <param name="IsUsed">True for the one that counts.</param>
public sealed record Candidate(string Path, Sibling Sibling, bool IsUsed);

/// <summary>
/// A field as its policy reads it: a pure function of the replicated state, so that all replicas with the same policy read the same.
/// </summary>
/// <param name="Value">The value that counts.</param>
/// <param name="IsOpen">True while somebody has to decide.</param>
/// <param name="Candidates">The values in conflict; empty where there is none.</param>
public sealed record Resolution(Leaf Value, bool IsOpen, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>Reads a field.</summary>
    public static Resolution Of(RecordState state, FieldRule rule)
    {
        switch (rule.Policy)
        {
            case FieldPolicy.Merge:
                var members = rule.Members.Select(m => (Name: m, Read: LastWriter(state, rule.PathOf(m)))).ToList();
                return new Resolution(
                    Leaf.Of(members.Select(m => KeyValuePair.Create(m.Name, m.Read.Value))), IsOpen: false, [.. members.SelectMany(m => m.Read.Candidates)]);
            case FieldPolicy.Manual when rule.LowestIsCautious:
                var lowest = Choose(state, rule.Name, s => s.MinBy(x => (x.Value.AsNumber() ?? long.MaxValue, x.Stamp)));
                return lowest with { IsOpen = lowest.Candidates.Count > 0 };
            case FieldPolicy.Manual:
                var meanwhile = LastWriter(state, rule.Name);
                return meanwhile with { IsOpen = meanwhile.Candidates.Count > 0 };
            default:
                return LastWriter(state, rule.Name);
        }
    }

    private static Resolution LastWriter(RecordState state, string path) => Choose(state, path, s => s.MaxBy(x => x.Stamp));

    // The same value written twice is agreement, not conflict.
    private static Resolution Choose(RecordState state, string path, Func<IReadOnlyList<Sibling>, Sibling?> choose)
    {
        var siblings = state[path].Siblings;
        var used = choose(siblings);
        var differ = siblings.Select(s => s.Value).Distinct().Skip(1).Any();
        return new Resolution(
            used?.Value ?? Leaf.Null, IsOpen: false, differ ? [.. siblings.Select(s => new Candidate(path, s, s == used))] : []);
    }
}

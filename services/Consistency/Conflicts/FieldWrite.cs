namespace Consistency.Conflicts;

/// <summary>
/// What is written to set a field. An object has a register for itself and one for each member, so that each policy finds what it reads:
/// the whole as somebody once wrote it, or member by member.
/// </summary>
public static class FieldWrite
{
    /// <summary>
    /// The registers to write so that every policy reads <paramref name="value"/>. None where it is read already and nothing is in
    /// conflict: a form that sends unchanged fields along is no writer of them.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, Leaf>> Of(RecordState state, FieldRule rule, Leaf value)
    {
        if (IsSettledAs(state, rule with { Policy = FieldPolicy.Manual }, value)
            && rule.Members.All(m => IsSettledAs(state, Member(rule, m), value.Member(m))))
        {
            return [];
        }

        var members = rule.Members.Where(m => !IsSettledAs(state, Member(rule, m), value.Member(m)));
        return [KeyValuePair.Create(rule.Name, value), .. members.Select(m => KeyValuePair.Create(rule.PathOf(m), value.Member(m)))];
    }

    private static FieldRule Member(FieldRule rule, string member) => new(rule.PathOf(member), FieldPolicy.Manual, []);

    private static bool IsSettledAs(RecordState state, FieldRule rule, Leaf value) =>
        Resolution.Of(state, rule) is { IsOpen: false } read && read.Value == value;
}

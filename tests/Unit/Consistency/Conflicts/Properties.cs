using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

/// <summary>What must hold of a world that has been repaired; each says what is wrong, or null.</summary>
internal static class Properties
{
    public static string? AllReplicasAreEqual(ReplicaWorld world)
    {
        var forms = world.States.Select(RecordStateJson.Write).Distinct().ToList();
        return forms.Count == 1 ? null : $"replicas differ: {string.Join(" <> ", forms)}";
    }

    public static string? NothingDurableIsForgotten(ReplicaWorld world) =>
        world.States.All(s => s.Vector.Dominates(world.Durable)) ? null : $"{world.States[0].Vector} does not know all of {world.Durable}";

    /// <summary>
    /// The oracle: of a register, exactly those writes are left whose value no other writer had seen and replaced. So nothing is lost that was not
    /// overwritten knowingly, and nothing overwritten comes back.
    /// </summary>
    public static string? ExactlyWhatNobodyReplacedIsLeft(ReplicaWorld world)
    {
        var known = world.Writes.Where(w => world.States[0].Vector.Covers(w.Stamp.Dot)).ToList();
        foreach (var path in known.GroupBy(w => w.Path))
        {
            var expected = path.Where(w => !path.Any(other => other.Seen.Covers(w.Stamp.Dot))).Select(w => $"{w.Stamp}={w.Value}").Order().ToList();
            var found = world.States[0][path.Key].Siblings.Select(s => $"{s.Stamp}={s.Value}").Order().ToList();
            if (!expected.SequenceEqual(found))
            {
                return $"{path.Key}: expected {string.Join(", ", expected)}, found {string.Join(", ", found)}";
            }
        }

        return null;
    }

    public static string? TheLastWriterIsTheSameEverywhere(ReplicaWorld world)
    {
        foreach (var rule in ReplicaWorld.Rules.Select(r => r with { Policy = FieldPolicy.Lww }))
        {
            var read = world.States.Select(s => Resolution.Of(s, rule).Value).Distinct().ToList();
            var last = world.States[0][rule.Name].Siblings.LastOrDefault();
            var latest = world.States[0][rule.Name].Siblings.All(s => s.Stamp.CompareTo(last!.Stamp) <= 0);
            if (read.Count != 1 || !latest || read[0] != (last?.Value ?? Leaf.Null))
            {
                return $"{rule.Name}: {string.Join(" <> ", read)}";
            }
        }

        return null;
    }

    /// <summary>On states as they come about.</summary>
    public static string? JoinIsASemilattice(Func<RecordState, RecordState, RecordState> join, RecordState a, RecordState b, RecordState c)
    {
        static string Form(RecordState state) => RecordStateJson.Write(state);
        return Form(join(a, b)) != Form(join(b, a)) ? "not commutative"
            : Form(join(join(a, b), c)) != Form(join(a, join(b, c))) ? "not associative"
            : Form(join(a, a)) != Form(a) || Form(join(join(a, b), b)) != Form(join(a, b)) ? "not idempotent"
            : null;
    }
}

using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

/// <summary>
/// Goal: whatever happens to messages, clocks and backups, replicas come to the same bytes, and lose nothing on the way.
/// Method: thousands of seeded worlds; each property must also be able to fail, shown by mutants of the mechanism.
/// </summary>
public sealed class ConvergenceTests
{
    private const int Seeds = 4000;

    private static readonly Dictionary<string, Func<ReplicaWorld, string?>> Checks = new(StringComparer.Ordinal)
    {
        ["equal"] = Properties.AllReplicasAreEqual,
        ["durable"] = Properties.NothingDurableIsForgotten,
        ["oracle"] = Properties.ExactlyWhatNobodyReplacedIsLeft,
        ["last writer"] = Properties.TheLastWriterIsTheSameEverywhere,
    };

    public static TheoryData<string> Names => [.. Checks.Keys];

    // Whoever arrives last wins: the classic error of replicating by overwriting.
    private static readonly Mechanics LastArrivalWins = new((mine, received) =>
        RecordState.Of(mine.Vector.Join(received.Vector), mine.Registers.Where(r => !received.Registers.ContainsKey(r.Key)).Concat(received.Registers)));

    // A restored replica goes on under its name: its next dots name other writes than those that others know by them.
    private static readonly Mechanics CounterReuse = Mechanics.Real with { NewNameAfterRestore = false };

    // Without the vector as context nothing tells an overwritten value from a new one.
    private static readonly Mechanics UnionWithoutContext = new((mine, received) => RecordState.Of(
        mine.Vector.Join(received.Vector),
        mine.Registers.Keys.Union(received.Registers.Keys).Select(path => KeyValuePair.Create(
            path, MultiValueRegister.Of(mine[path].Siblings.Concat(received[path].Siblings).DistinctBy(s => s.Stamp.Dot))))));

    // Last writer wins by the record's clock instead of register by register: forgets what was written beside the latest.
    private static readonly Mechanics WholeRecordLastWriter = new((mine, received) =>
        Latest(received).CompareTo(Latest(mine)) > 0 ? RecordState.Of(mine.Vector.Join(received.Vector), received.Registers)
            : RecordState.Of(mine.Vector.Join(received.Vector), mine.Registers));

    // The vector is not joined: what the other side has overwritten comes back as news.
    private static readonly Mechanics ForgetsWhatItWasTold = new((mine, received) => RecordState.Of(mine.Vector, mine.Join(received).Registers));

    public static TheoryData<string, string> Mutants => new()
    {
        { nameof(LastArrivalWins), "equal" },
        { nameof(LastArrivalWins), "oracle" },
        { nameof(LastArrivalWins), "last writer" },
        { nameof(CounterReuse), "oracle" },
        { nameof(UnionWithoutContext), "oracle" },
        { nameof(WholeRecordLastWriter), "oracle" },
        { nameof(ForgetsWhatItWasTold), "durable" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void a_repaired_world_holds(string property)
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            Checks[property](Run(seed, Mechanics.Real, property)).ShouldBeNull($"seed {seed}");
        }
    }

    [Fact]
    public void without_restored_backups_no_write_at_all_is_unknown_in_the_end()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var world = new ReplicaWorld(seed).Run(restorable: 0);

            world.Writes.Where(w => !world.States[0].Vector.Covers(w.Stamp.Dot)).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Fact]
    public void the_worlds_are_hostile_enough_to_have_conflicts_of_every_kind()
    {
        var worlds = Enumerable.Range(1, 200).Select(seed => new ReplicaWorld(seed).Run().States[0]).ToList();

        foreach (var rule in ReplicaWorld.Rules)
        {
            worlds.Count(s => Resolution.Of(s, rule).Candidates.Count > 1).ShouldBeGreaterThan(5, rule.Name);
        }
    }

    [Fact]
    public void join_is_commutative_associative_and_idempotent() => FirstViolation(Mechanics.Real).ShouldBeNull();

    [Theory]
    [InlineData(nameof(LastArrivalWins))]
    [InlineData(nameof(WholeRecordLastWriter))]
    [InlineData(nameof(ForgetsWhatItWasTold))]
    public void a_join_that_is_no_semilattice_is_caught(string mutant) => FirstViolation(MutantOf(mutant)).ShouldNotBeNull();

    [Theory]
    [MemberData(nameof(Mutants))]
    public void a_mutant_is_caught(string mutant, string property) =>
        Enumerable.Range(1, Seeds).Any(seed => Checks[property](Run(seed, MutantOf(mutant), property)) is not null)
            .ShouldBeTrue($"{mutant} passes '{property}'");

    [Fact]
    public void a_decision_stands_everywhere_whatever_was_in_conflict_before()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var world = new ReplicaWorld(seed).Run();
            foreach (var rule in ReplicaWorld.Rules)
            {
                var decided = world.Write(rule).First(w => w.Path == rule.Name);
                world.Repair();

                world.States.ShouldAllBe(s => s[rule.Name].Siblings.Single().Stamp == decided.Stamp, $"seed {seed}, {rule.Name}");
                world.States.ShouldAllBe(s => Resolution.Of(s, rule).Value == decided.Value, $"seed {seed}, {rule.Name}");
            }
        }
    }

    // What everybody has forgotten is gone: that nothing is lost holds as long as only one replica is ever restored.
    private static ReplicaWorld Run(int seed, Mechanics mechanics, string property) =>
        new ReplicaWorld(seed, mechanics).Run(restorable: property == "durable" ? 1 : int.MaxValue);

    private static Stamp Latest(RecordState state) => state.Registers.Values.SelectMany(r => r.Siblings).Select(s => s.Stamp).DefaultIfEmpty().Max();

    private static Mechanics MutantOf(string name) => name switch
    {
        nameof(LastArrivalWins) => LastArrivalWins,
        nameof(CounterReuse) => CounterReuse,
        nameof(UnionWithoutContext) => UnionWithoutContext,
        nameof(WholeRecordLastWriter) => WholeRecordLastWriter,
        _ => ForgetsWhatItWasTold,
    };

    // On the states of replicas that have not been repaired.
    private static string? FirstViolation(Mechanics mechanics)
    {
        for (var seed = 1; seed <= Seeds / 4; seed++)
        {
            var states = new ReplicaWorld(seed).Wander();
            for (var i = 0; i < states.Count; i++)
            {
                if (Properties.JoinIsASemilattice(mechanics.Join, states[i], states[(i + 1) % states.Count], states[(i + 2) % states.Count]) is { } violation)
                {
                    return $"seed {seed}: {violation}";
                }
            }
        }

        return null;
    }
}

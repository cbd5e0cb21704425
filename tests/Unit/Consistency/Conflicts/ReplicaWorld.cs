using Consistency.Conflicts;

namespace Tests.Unit.Consistency.Conflicts;

/// <summary>How replicas come together, and how a restored one goes on: what a mutant changes.</summary>
internal sealed record Mechanics(Func<RecordState, RecordState, RecordState> Join, bool NewNameAfterRestore = true)
{
    public static readonly Mechanics Real = new((mine, received) => mine.Join(received));
}

/// <summary>A write as its writer knew it: which write, of what, having seen what.</summary>
internal sealed record KnownWrite(Stamp Stamp, string Path, Leaf Value, VersionVector Seen);

/// <summary>
/// Replicas of one record that write, and send each other their states over a network that reorders, repeats and loses them, while clocks go
/// wrong by seconds and replicas are restored from backups. All drawn from one seed.
/// </summary>
internal sealed class ReplicaWorld
{
    public static readonly FieldRule Name = new("name", FieldPolicy.Lww, []);
    public static readonly FieldRule Email = new("email", FieldPolicy.Manual, []);
    public static readonly FieldRule Limit = new("limit", FieldPolicy.Manual, [], LowestIsCautious: true);
    public static readonly FieldRule Address = new("address", FieldPolicy.Merge, ["street", "city"]);
    public static readonly IReadOnlyList<FieldRule> Rules = [Name, Email, Limit, Address];

    private readonly Mechanics mechanics;
#pragma warning disable RS0030 // This is the one seeded source that the rule asks for.
    private readonly Random random;
#pragma warning restore RS0030
    private readonly List<RecordState> inFlight = [];
    private readonly List<KnownWrite> writes = [];
    private readonly Replica[] replicas;
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(56);
    private int generations;

    public ReplicaWorld(int seed, Mechanics? mechanics = null)
    {
        this.mechanics = mechanics ?? Mechanics.Real;
#pragma warning disable RS0030
        random = new Random(seed);
#pragma warning restore RS0030
        replicas = [.. Enumerable.Range(0, random.Next(2, 4)).Select(i => new Replica(i, $"r{i}-{generations++}", random.Next(-5000, 5000)))];
    }

    /// <summary>All that was ever written, also what a restored backup has forgotten.</summary>
    public IReadOnlyList<KnownWrite> Writes => writes;

    /// <summary>
    /// What the others, or its backup, knew whenever a replica was restored: nothing of it may be missing in the end, unless those were restored too.
    /// </summary>
    public VersionVector Durable { get; private set; } = VersionVector.Empty;

    public IReadOnlyList<RecordState> States => [.. replicas.Select(r => r.State)];

    /// <summary>A run of a hostile world, and then the repair: everybody exchanges states with everybody.</summary>
    /// <param name="restorable">How many of the replicas may be restored from a backup.</param>
    public ReplicaWorld Run(int restorable = int.MaxValue)
    {
        Wander(restorable);
        Repair();
        return this;
    }

    /// <summary>The hostile part alone. Returns states as they come about, not yet repaired.</summary>
    public IReadOnlyList<RecordState> Wander(int restorable = int.MaxValue)
    {
        for (var step = random.Next(5, 40); step > 0; step--)
        {
            now = now.AddMilliseconds(random.Next(3) * random.Next(400));
            Step(replicas[random.Next(replicas.Length)], restorable);
        }

        return [.. States, .. inFlight.TakeLast(2)];
    }

    public void Repair()
    {
        Durable = States.Aggregate(Durable, (known, s) => known.Join(s.Vector));
        for (var round = 0; round < 2; round++)
        {
            foreach (var (from, to) in replicas.SelectMany(f => replicas.Select(t => (f, t))).OrderBy(_ => random.Next()).ToList())
            {
                to.State = mechanics.Join(to.State, from.State);
            }
        }
    }

    /// <summary>Somebody at a random replica writes.</summary>
    public KnownWrite[] Write(FieldRule? field = null) => WriteAt(replicas[random.Next(replicas.Length)], field ?? Rules[random.Next(Rules.Count)]);

    private void Step(Replica replica, int restorable)
    {
        switch (random.Next(10))
        {
            case < 4:
                WriteAt(replica, Rules[random.Next(Rules.Count)]);
                break;
            case < 6:
                inFlight.Add(replica.State);
                break;
            case < 8 when inFlight.Count > 0:
                Deliver(replica);
                break;
            case 8:
                replica.Backup = replica.State;
                break;
            case 9 when replica.Index < restorable:
                Restore(replica);
                break;
        }
    }

    // Any message, to anybody, as often as it comes; some are lost for good.
    private void Deliver(Replica replica)
    {
        var message = inFlight[random.Next(inFlight.Count)];
        replica.State = mechanics.Join(replica.State, message);
        if (random.Next(3) == 0)
        {
            inFlight.Remove(message);
        }
    }

    private void Restore(Replica replica)
    {
        var others = replicas.Where(r => r != replica).Select(r => r.State).Append(replica.Backup);
        Durable = others.Aggregate(Durable, (known, s) => known.Join(s.Vector));
        replica.State = replica.Backup;
        replica.Writer = mechanics.NewNameAfterRestore ? $"r{replica.Index}-{generations++}" : replica.Writer;
    }

    private KnownWrite[] WriteAt(Replica replica, FieldRule rule)
    {
        var before = replica.State;
        var values = FieldWrite.Of(before, rule, NewValue(before, rule)).ToDictionary(StringComparer.Ordinal);
        if (values.Count == 0)
        {
            return [];
        }

        replica.State = before.Write(replica.Writer, now.AddMilliseconds(replica.ClockErrorMs), values);
        var written = values.Select(v => new KnownWrite(replica.State[v.Key].Siblings.Single().Stamp, v.Key, v.Value, before.Vector)).ToArray();
        writes.AddRange(written);
        return written;
    }

    private Leaf NewValue(RecordState before, FieldRule rule)
    {
        if (rule == Limit)
        {
            return Leaf.Of((random.Next(1000) * 1000) + writes.Count);
        }

        if (rule.Members.Count == 0)
        {
            return Leaf.Of($"v{writes.Count}");
        }

        var current = Resolution.Of(before, rule).Value;
        var changed = rule.Members[random.Next(rule.Members.Count)];
        return Leaf.Of(rule.Members.Select(m => KeyValuePair.Create(m, m == changed ? Leaf.Of($"{m}{writes.Count}") : current.Member(m))));
    }

    private sealed class Replica(int index, string writer, int clockErrorMs)
    {
        public int Index => index;

        public string Writer { get; set; } = writer;

        public int ClockErrorMs => clockErrorMs;

        public RecordState State { get; set; } = RecordState.Empty;

        public RecordState Backup { get; set; } = RecordState.Empty;
    }
}

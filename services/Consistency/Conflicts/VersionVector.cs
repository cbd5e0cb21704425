using System.Collections.Immutable;

namespace Consistency.Conflicts;

/// <summary>
/// Which writes a replica knows: of each replica, all up to a counter (Parker et al., "Detection of Mutual Inconsistency in Distributed
/// Systems", 1983). Immutable.
/// </summary>
public sealed class VersionVector
{
    private readonly ImmutableSortedDictionary<string, long> counters;

    private VersionVector(ImmutableSortedDictionary<string, long> counters) => this.counters = counters;

    /// <summary>Knows nothing.</summary>
    public static VersionVector Empty { get; } = new(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>Replicas and their counters, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters => counters;

    /// <summary>How many writes are known; rises with each.</summary>
    public long Sum => counters.Values.Sum();

    /// <summary>True if the write is known.</summary>
    public bool Covers(Dot dot) => dot.Counter <= counters.GetValueOrDefault(dot.Replica);

    /// <summary>True if everything that <paramref name="other"/> knows is known here.</summary>
    public bool Dominates(VersionVector other) => other.counters.All(o => Covers(new Dot(o.Key, o.Value)));

    /// <summary>The name of the next write of <paramref name="replica"/>.</summary>
    public Dot Next(string replica) => new(replica, counters.GetValueOrDefault(replica) + 1);

    /// <summary>Knows <paramref name="dot"/> too, and what its replica wrote before.</summary>
    public VersionVector With(Dot dot) => Covers(dot) ? this : new VersionVector(counters.SetItem(dot.Replica, dot.Counter));

    /// <summary>What either knows: the least upper bound, hence commutative, associative and idempotent.</summary>
    public VersionVector Join(VersionVector other) =>
        other.counters.Aggregate(this, (joined, o) => joined.With(new Dot(o.Key, o.Value)));

    /// <summary>Text form for entity tags, for example <c>invoices-1:2;orders-1:3</c>; empty for <see cref="Empty"/>.</summary>
    public override string ToString() => string.Join(';', counters.Select(c => $"{c.Key}:{c.Value}"));
}

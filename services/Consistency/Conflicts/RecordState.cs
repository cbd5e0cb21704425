using System.Collections.Immutable;

namespace Consistency.Conflicts;

/// <summary>
/// A replicated record: registers by path (<c>email</c>, <c>shippingAddress</c>, <c>shippingAddress.city</c>) and what its replica knows of
/// others' writes. A state-based replicated data type (Shapiro et al. 2011): replicas that have seen the same writes, in whatever order, hold
/// the same bytes, whatever policies they are configured with. Immutable.
/// </summary>
public sealed class RecordState
{
    private readonly ImmutableSortedDictionary<string, MultiValueRegister> registers;

    private RecordState(VersionVector vector, ImmutableSortedDictionary<string, MultiValueRegister> registers)
    {
        Vector = vector;
        this.registers = registers;
    }

    /// <summary>A record that nobody has written.</summary>
    public static RecordState Empty { get; } =
        new(VersionVector.Empty, ImmutableSortedDictionary.Create<string, MultiValueRegister>(StringComparer.Ordinal));

    /// <summary>The writes that are known here.</summary>
    public VersionVector Vector { get; }

    /// <summary>The registers by path.</summary>
    public IReadOnlyDictionary<string, MultiValueRegister> Registers => registers;

    /// <summary>The register of a path; empty where it was never written.</summary>
    public MultiValueRegister this[string path] => registers.GetValueOrDefault(path, MultiValueRegister.Empty);

    /// <summary>A record read from elsewhere.</summary>
    public static RecordState Of(VersionVector vector, IEnumerable<KeyValuePair<string, MultiValueRegister>> registers) =>
        new(vector, registers.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>
    /// One write of <paramref name="replica"/>, of one or several registers. Replaces the values that this state holds: those the writer has
    /// seen. What others write meanwhile stays beside it.
    /// </summary>
    /// <param name="replica">The writer; a name that no other process ever wrote under.</param>
    /// <param name="now">The writer's clock.</param>
    /// <param name="values">New values by path.</param>
    public RecordState Write(string replica, DateTimeOffset now, IReadOnlyDictionary<string, Leaf> values)
    {
        var dot = Vector.Next(replica);
        var latest = registers.Values.SelectMany(r => r.Siblings).Select(s => s.Stamp.Time).DefaultIfEmpty().Max();
        var stamp = new Stamp(HybridLogicalClock.Next(latest, now), dot);
        return new RecordState(
            Vector.With(dot),
            registers.SetItems(values.Select(v => KeyValuePair.Create(v.Key, MultiValueRegister.Of(new Sibling(stamp, v.Value))))));
    }

    /// <summary>What both know together. Commutative, associative, idempotent.</summary>
    public RecordState Join(RecordState other) => new(
        Vector.Join(other.Vector),
        registers.Keys.Union(other.registers.Keys).ToImmutableSortedDictionary(
            path => path,
            path => MultiValueRegister.Join(this[path], Vector, other[path], other.Vector),
            StringComparer.Ordinal));

    /// <summary>Refuses a state that was written by a clock too far ahead of this one.</summary>
    /// <exception cref="ClockDriftException">It is.</exception>
    public void ThrowIfAhead(DateTimeOffset now)
    {
        foreach (var stamp in registers.Values.SelectMany(r => r.Siblings).Select(s => s.Stamp).Where(s => HybridLogicalClock.IsAhead(s.Time, now)))
        {
            throw new ClockDriftException(stamp.Dot.Replica, stamp.Time.Wall - now);
        }
    }
}

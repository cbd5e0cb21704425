using System.Collections.Immutable;

namespace Consistency.Conflicts;

/// <summary>One of the values that were written at the same time.</summary>
/// <param name="Stamp">The write.</param>
/// <param name="Value">What it wrote.</param>
public sealed record Sibling(Stamp Stamp, Leaf Value);

/// <summary>
/// A value that keeps what was written concurrently side by side (Shapiro et al., "A comprehensive study of Convergent and Commutative
/// Replicated Data Types", 2011, multi-value register), each under its dot, with the record's one version vector as causal context of all
/// (Bieniusa et al., "An Optimized Conflict-free Replicated Set", 2012; Almeida et al., "Scalable and Accurate Causality Tracking for
/// Eventually Consistent Stores", 2014). So an overwritten value needs no tombstone: it is known and not there.
/// </summary>
public sealed class MultiValueRegister
{
    private MultiValueRegister(ImmutableArray<Sibling> siblings) => Siblings = siblings;

    /// <summary>Never written.</summary>
    public static MultiValueRegister Empty { get; } = new([]);

    /// <summary>The values nobody has overwritten yet, oldest stamp first; more than one where they were written concurrently.</summary>
    public ImmutableArray<Sibling> Siblings { get; }

    /// <summary>A register with these values.</summary>
    public static MultiValueRegister Of(params IEnumerable<Sibling> siblings) =>
        new([.. siblings.OrderBy(s => s.Stamp)]);

    /// <summary>
    /// What both know together: a value stays where both have it, or where the other side has never heard of it; one that the other side
    /// knows and does not have was overwritten there.
    /// </summary>
    internal static MultiValueRegister Join(MultiValueRegister mine, VersionVector myContext, MultiValueRegister theirs, VersionVector theirContext)
    {
        var kept = new Dictionary<Dot, Sibling>();
        foreach (var sibling in mine.Siblings.Where(s => theirs.Has(s) || !theirContext.Covers(s.Stamp.Dot)))
        {
            kept[sibling.Stamp.Dot] = sibling;
        }

        foreach (var sibling in theirs.Siblings.Where(s => mine.Has(s) || !myContext.Covers(s.Stamp.Dot)))
        {
            kept[sibling.Stamp.Dot] = sibling;
        }

        return Of(kept.Values);
    }

    private bool Has(Sibling sibling) => Siblings.Any(s => s.Stamp.Dot == sibling.Stamp.Dot);
}

using System.Globalization;

namespace Consistency.Conflicts;

/// <summary>When and by whom something was written. Totally ordered: time, then replica, then counter, so that every replica picks the same last writer.</summary>
/// <param name="Time">Hybrid logical time.</param>
/// <param name="Dot">The write.</param>
public readonly record struct Stamp(HybridTime Time, Dot Dot) : IComparable<Stamp>
{
    /// <inheritdoc/>
    public int CompareTo(Stamp other)
    {
        var byTime = Time.CompareTo(other.Time);
        var byReplica = byTime != 0 ? byTime : string.CompareOrdinal(Dot.Replica, other.Dot.Replica);
        return byReplica != 0 ? byReplica : Dot.Counter.CompareTo(other.Dot.Counter);
    }

    /// <summary>Text form, for example <c>1767225600000.0@orders-1:3</c>.</summary>
    public override string ToString() => $"{Time.Milliseconds}.{Time.Tick}@{Dot}";

    /// <summary>Reads the text form.</summary>
    public static bool TryParse(string text, out Stamp stamp)
    {
        stamp = default;
        var (at, colon) = (text.IndexOf('@'), text.LastIndexOf(':'));
        var point = text.IndexOf('.');
        if (point < 1 || at < point || colon < at
            || !long.TryParse(text.AsSpan(0, point), NumberStyles.None, provider: null, out var milliseconds)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || !int.TryParse(text.AsSpan(point + 1, at - point - 1), NumberStyles.None, provider: null, out var tick)
            || tick > ConflictLimits.TickMax
            || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, provider: null, out var counter)
            || counter is < 1 or > ConflictLimits.CounterMax)
        {
            return false;
        }

        stamp = new Stamp(new HybridTime(milliseconds, tick), new Dot(text[(at + 1)..colon], counter));
        return true;
    }
}

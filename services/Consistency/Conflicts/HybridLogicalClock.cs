namespace Consistency.Conflicts;

/// <summary>
/// A hybrid logical time: close to the wall clock, and still above everything that its writer had seen (Kulkarni, Demirbas, Madappa, Avva,
/// Leone, "Logical Physical Clocks", 2014).
/// </summary>
/// <param name="Milliseconds">Since 1970; the paper's l.</param>
/// <param name="Tick">Counts within the millisecond; the paper's c.</param>
public readonly record struct HybridTime(long Milliseconds, int Tick) : IComparable<HybridTime>
{
    /// <summary>The wall clock's part.</summary>
    public DateTimeOffset Wall => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);

    /// <inheritdoc/>
    public int CompareTo(HybridTime other) => (Milliseconds, Tick).CompareTo((other.Milliseconds, other.Tick));
}

/// <summary>
/// The clock's two rules. It keeps no state of its own: the last time is that of the record that is written, which survives restarts and is
/// all that a last-writer decision within this record needs.
/// </summary>
public static class HybridLogicalClock
{
    /// <summary>
    /// The time of a write: now, or just above <paramref name="latest"/> where that is ahead. One that is ahead by more than
    /// <see cref="ConflictLimits.DriftMax"/> is taken for an error of this clock's own past and left alone: that is how a field that was
    /// written while the clock was wrong is healed, by writing it again.
    /// </summary>
    public static HybridTime Next(HybridTime latest, DateTimeOffset now)
    {
        var wall = now.ToUnixTimeMilliseconds();
        if (latest.Milliseconds < wall || IsAhead(latest, now))
        {
            return new HybridTime(wall, 0);
        }

        return latest.Tick < ConflictLimits.TickMax
            ? latest with { Tick = latest.Tick + 1 }
            : new HybridTime(latest.Milliseconds + 1, 0);
    }

    /// <summary>True where a time is further ahead than clocks that are kept in step can be.</summary>
    public static bool IsAhead(HybridTime time, DateTimeOffset now) =>
        time.Milliseconds > (now + ConflictLimits.DriftMax).ToUnixTimeMilliseconds();
}

/// <summary>
/// A received record was written by a clock that is too far ahead. Nothing is taken over: it is delivered again, and goes to the dead
/// letters if that lasts. The remedy is to set the clock that wrote it, and to write the field again there.
/// </summary>
public sealed class ClockDriftException(string writer, TimeSpan ahead) : Exception(
    $"The clock of '{writer}' is {ahead.TotalSeconds:0.0} s ahead, more than the {ConflictLimits.DriftMax.TotalSeconds:0} s allowed; "
    + "set that clock, and write the field again there.");

namespace Consistency.Conflicts;

/// <summary>
/// Limits of replicated records. Sketch: an entry of the vector costs some 30 bytes and a sibling some 70 and its value, so that a customer
/// profile written by two processes takes about 1.5 KB, and one that 256 processes wrote about 10 KB.
/// </summary>
public static class ConflictLimits
{
    /// <summary>
    /// How far ahead of the own clock a received stamp may be. Synchronized clocks keep a hybrid time within their error of the wall clock
    /// (Kulkarni et al. 2014), here milliseconds. One clock that is wrong by a day would otherwise win every last-writer decision for that day, everywhere.
    /// </summary>
    public static readonly TimeSpan DriftMax = TimeSpan.FromMinutes(1);

    /// <summary>Events counted within one millisecond before the clock is moved on by one.</summary>
    public const int TickMax = 999_999;

    /// <summary>Highest counter of a dot: exact in every JSON reader, also one that knows only 64-bit floats.</summary>
    public const long CounterMax = 1L << 40;

    /// <summary>Most replicas in a vector: processes that ever wrote the record.</summary>
    public const int ReplicasMax = 4096;

    /// <summary>Most siblings of one register.</summary>
    public const int SiblingsMax = 256;

    /// <summary>Most registers of one record.</summary>
    public const int RegistersMax = 256;

    /// <summary>Characters of a replica's name, or of a register's path.</summary>
    public const int NameCharsMax = 64;

    /// <summary>How long ended conflicts are kept for inspection.</summary>
    public static readonly TimeSpan ConflictRetention = TimeSpan.FromDays(90);
}

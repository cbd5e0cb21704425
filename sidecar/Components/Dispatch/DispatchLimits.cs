namespace Sidecar.Components.Dispatch;

/// <summary>The limits of handing messages to consumer groups, each with the sketch that chose it.</summary>
internal static class DispatchLimits
{
    /// <summary>
    /// Messages of a group kept in memory: at 1 KiB each 4 MiB per group, a third of a second of work at 14,000
    /// messages a second.
    /// </summary>
    public const int WaitingMax = 4_096;

    /// <summary>Bytes of a group's waiting messages beyond which no more are fetched.</summary>
    public const long WaitingBytesMax = 16L << 20;

    /// <summary>
    /// Bytes in one batch (a single larger message still goes, alone): half of the 4 MiB that apps accept as a body
    /// by default.
    /// </summary>
    public const long BatchBytesMax = 2L << 20;

    /// <summary>
    /// Wait before messages are given again whose handler threw, in milliseconds, so that a defect does not spin.
    /// </summary>
    public const int AgainDelayMs = 1_000;
}

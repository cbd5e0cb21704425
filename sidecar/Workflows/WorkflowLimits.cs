namespace Sidecar.Workflows;

/// <summary>The limits of the workflow engine, each with the sketch or the source that chose it.</summary>
internal static class WorkflowLimits
{
    /// <summary>Largest message of the workflow protocol in bytes, as of daprd: 4 MiB.</summary>
    public const int MessageBytesMax = 4 << 20;

    /// <summary>
    /// History and inbox together, in bytes, beyond which an instance stalls instead of being sent: 95 % of a message, as daprd
    /// does, which leaves room for the turn's own first event and the framing.
    /// </summary>
    public const long PayloadBytesMax = MessageBytesMax * 95L / 100;

    /// <summary>Percentage above, for the text of the stall.</summary>
    public const int PayloadPercentMax = 95;

    /// <summary>
    /// Turns and activities together that one worker holds unanswered. The .NET SDK runs 100 of each at once; the JavaScript SDK runs
    /// 10, queues 100 and drops, with a log line, what comes after that, which would then stay out until its stream ends.
    /// </summary>
    public const int OpenPerWorkerMax = 100;

    /// <summary>Activities among these, so that long ones always leave room for turns, which are short.</summary>
    public const int ActivitiesPerWorkerMax = 80;

    /// <summary>Runs of continue-as-new without any wait in between before the next one has to wait; daprd's number.</summary>
    public const int ContinueAsNewMax = 20;

    /// <summary>How long an instance waits that continues as new without end, or whose state could not be stored.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Changes of instances in one transaction: more would only make the first of them wait longer.</summary>
    public const int CommitChangesMax = 512;

    /// <summary>
    /// Bytes of history kept in memory for instances that only wait; the least recently used ones are read again when something
    /// happens to them. 64 MiB are 30,000 waiting workflows of 2 KB.
    /// </summary>
    public const long IdleBytesMax = 64L << 20;

    /// <summary>What an instance costs in memory beside its history, for the sum above.</summary>
    public const long IdleOverheadBytes = 1_024;

    /// <summary>Instance ids in one page of a list, also where the client names no size: about 600 KB of UUIDs.</summary>
    public const int ListPageMax = 10_000;

    /// <summary>
    /// Least time between two looks for finished instances whose time has passed, so that many that end one after the other go
    /// together.
    /// </summary>
    public static readonly TimeSpan RetentionPause = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between two looks: a clock that was set forward is noticed by then.</summary>
    public static readonly TimeSpan RetentionSleepMax = TimeSpan.FromHours(1);

    /// <summary>How long after a failure to forget an instance the next look comes.</summary>
    public static readonly TimeSpan RetentionRetry = TimeSpan.FromMinutes(1);

    /// <summary>Finished instances that are forgotten at the same time: about what a busy client has in flight.</summary>
    public const int RetentionBatchMax = 64;

    /// <summary>Longest name of a job in Dapr's scheduler, which an instance's id becomes part of.</summary>
    public const int JobNameMax = 253;

    /// <summary>Bits of a history row's number that count the turns of one instance. The payload limit comes at about 70,000 turns.</summary>
    public const int TurnBits = 20;
}

namespace Consistency;

/// <summary>
/// Limits of the kernel. Sketch: a commit costs about 0.1 ms and a unit of work 0.1 to 0.3 ms, so 256 units make a
/// transaction of at most some 50 ms, below which no client notices, and bring the commit's share under 1 %.
/// </summary>
public static class Limits
{
    /// <summary>Most units of work in one transaction (a group that was queued as one may exceed it).</summary>
    public const int UnitsPerTransactionMax = 256;

    /// <summary>Most groups that wait for the writer; more wait at the door (back-pressure).</summary>
    public const int WaitingGroupsMax = 4096;

    /// <summary>Most messages that the relay publishes in one request.</summary>
    public const int RelayBatchMax = 256;

    /// <summary>How long a relay may go without renewing its lease before another instance takes over.</summary>
    public static readonly TimeSpan RelayLease = TimeSpan.FromSeconds(4);

    /// <summary>First pause after a failed publish; doubled up to <see cref="RelayPauseMax"/>.</summary>
    public static readonly TimeSpan RelayPauseMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause after failed publishes.</summary>
    public static readonly TimeSpan RelayPauseMax = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a relay looks without having been woken: for a lease that became free. One look-up in a small index.
    /// </summary>
    public static readonly TimeSpan RelayIdle = TimeSpan.FromMilliseconds(250);

    /// <summary>Most workflow messages that the relay reads at once; one slow send keeps the rest of its page's marks waiting.</summary>
    public const int WorkflowBatchMax = 256;

    /// <summary>
    /// Workflow messages under way at once. Sketch: an engine answers a start when the first turn is saved, 10 to 50 ms, so that 32 make
    /// several hundred starts a second.
    /// </summary>
    public const int WorkflowSendsMax = 32;

    /// <summary>How long one send may take: half a lease, of which a page of sends always has that much left.</summary>
    public static readonly TimeSpan WorkflowSendTimeout = RelayLease / 2;

    /// <summary>How long sent outbox rows are kept for inspection.</summary>
    public static readonly TimeSpan SentRetention = TimeSpan.FromMinutes(10);

    /// <summary>How long inbox marks are kept: longer than any redelivery or replay.</summary>
    public static readonly TimeSpan InboxRetention = TimeSpan.FromDays(7);

    /// <summary>How long the answer to an idempotency key is kept.</summary>
    public static readonly TimeSpan CommandRetention = TimeSpan.FromDays(2);

    /// <summary>How long it can be looked up what the repair did. Sketch: at 5 % of 10,000 orders a minute, 720,000 rows a day of 300 bytes.</summary>
    public static readonly TimeSpan RepairRetention = TimeSpan.FromDays(7);

    /// <summary>How often old rows are looked for.</summary>
    public static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(30);

    /// <summary>Most rows deleted in one unit of work, so that trimming never holds the writer for long.</summary>
    public const int TrimRowsMax = 1000;

    /// <summary>How long a database counts as failing after a transaction failed as a whole; longer than Dapr's probes need to notice.</summary>
    public static readonly TimeSpan FailureHold = TimeSpan.FromSeconds(5);

    /// <summary>Bytes that the write-ahead log is cut back to after a burst has made it grow.</summary>
    public const long JournalBytesKept = 64 * 1024 * 1024;

    /// <summary>How long a writer waits for another process's transaction on the same file, in milliseconds.</summary>
    public const int BusyTimeoutMs = 10_000;

    /// <summary>How often a writer asks for its turn while another process writes. Sketch: asking takes 5 us, a transaction 0.3 to 50 ms.</summary>
    public static readonly TimeSpan TurnRetry = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How long a writer that has more to do stays away from the file where another process writes, too: long enough that one who asks every
    /// <see cref="TurnRetry"/>, and whose timer is late, gets in between. Against full transactions of 50 ms it costs 6 %.
    /// </summary>
    public static readonly TimeSpan TurnGap = TimeSpan.FromMilliseconds(3);

    /// <summary>How long after its last commit another process counts as one that writes.</summary>
    public static readonly TimeSpan CompanyKept = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a process looks for commits of others on its file while they write, and while they do not: what they committed wakes
    /// relays and followers here that much later at most. One look is one page of shared memory, some 2 us.
    /// </summary>
    public static readonly TimeSpan LookWithCompany = TimeSpan.FromMilliseconds(20);

    /// <summary>See <see cref="LookWithCompany"/>.</summary>
    public static readonly TimeSpan LookAlone = TimeSpan.FromMilliseconds(200);
}

namespace Sidecar.Components.PubSubSqlite;

/// <summary>The limits of the SQLite broker, each with the sketch that chose it.</summary>
internal static class BrokerLimits
{
    /// <summary>
    /// Messages stored in one transaction; 2,000 inserts take about 10 ms, which the first of them waits too.
    /// </summary>
    public const int CommitMessagesMax = 2_000;

    /// <summary>Messages read from the log at once where a group lags behind.</summary>
    public const int ReadMessagesMax = 500;

    /// <summary>Bytes read from the log at once (one more message may go over it).</summary>
    public const long ReadBytesMax = 4L << 20;

    /// <summary>Wait before a failed read is tried again: soon to people, rarely enough for a broken disk.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Done messages deleted together. A deletion of 500 rows takes under 1 ms; single ones would double the
    /// writes.
    /// </summary>
    public const int TrimMin = 500;

    /// <summary>Most messages deleted in one transaction, so that a long log does not stall publishers.</summary>
    public const int TrimMax = 2_000;

    /// <summary>Kept per topic that nobody waits for, where <c>maxMessagesPerTopic</c> is not set.</summary>
    public const long MessagesPerTopicDefault = 1_000_000;

    /// <summary>
    /// Bits of a row id that hold the number within the topic: 10^12 messages in each of 8 million topics.
    /// </summary>
    public const int NumberBits = 40;
}

using Consistency.Storage;

namespace Consistency.Inbox;

/// <summary>
/// Which messages have taken effect. The mark is inserted in the same transaction as the effect, never read first: brokers
/// redeliver while the first delivery is still running, and only a unique key decides between the two.
/// </summary>
public sealed class InboxMarks
{
    private readonly StatementCache statements;

    internal InboxMarks(StatementCache statements) => this.statements = statements;

    /// <summary>True the first time; false for a repetition, which is counted.</summary>
    /// <param name="consumer">Who handles it: the app id.</param>
    /// <param name="messageId">CloudEvents id.</param>
    /// <param name="now">Time of the mark; marks expire after <see cref="Limits.InboxRetention"/>.</param>
    public bool TryMark(string consumer, string messageId, DateTimeOffset now)
    {
        var isNew = statements.Run(
            "INSERT INTO inbox (consumer, message_id, received_at) VALUES (@consumer, @id, @now) ON CONFLICT DO NOTHING",
            ("@consumer", consumer),
            ("@id", messageId),
            ("@now", now.ToUnixTimeMilliseconds())) == 1;
        if (!isNew)
        {
            statements.Run(
                """
                INSERT INTO inbox_total (consumer, duplicates) VALUES (@consumer, 1)
                ON CONFLICT (consumer) DO UPDATE SET duplicates = duplicates + 1
                """,
                ("@consumer", consumer));
        }

        return isNew;
    }

    /// <summary>True if the message has taken effect here.</summary>
    public bool IsMarked(string consumer, string messageId) =>
        statements.Get(
            "SELECT 1 FROM inbox WHERE consumer = @consumer AND message_id = @id",
            ("@consumer", consumer),
            ("@id", messageId)).ExecuteScalar() is not null;
}

using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>A message that was given up, as it came.</summary>
/// <param name="MessageId">CloudEvents id.</param>
/// <param name="Topic">The topic it was meant for.</param>
/// <param name="Type">CloudEvents type.</param>
/// <param name="Subject">Aggregate id.</param>
/// <param name="Envelope">The whole CloudEvent as JSON.</param>
public sealed record DeadLetter(string MessageId, string Topic, string Type, string Subject, string Envelope);

/// <summary>Keeps messages that were given up, so that nothing is lost silently.</summary>
public static class DeadLetterStore
{
    /// <summary>
    /// Keeps a dead letter, unless the consumer has handled the message: consumers of one topic share its dead-letter topic,
    /// so one also sees what only another one failed at.
    /// </summary>
    public static bool Keep<TDb>(UnitOfWork<TDb> work, string consumer, DeadLetter letter)
        where TDb : DbContext =>
        !work.Inbox.IsMarked(consumer, letter.MessageId) && work.Statements.Run(
            """
            INSERT INTO dead_letter (message_id, topic, type, subject, envelope, received_at)
            VALUES (@id, @topic, @type, @subject, @envelope, @now) ON CONFLICT DO NOTHING
            """,
            ("@id", letter.MessageId),
            ("@topic", letter.Topic),
            ("@type", letter.Type),
            ("@subject", letter.Subject),
            ("@envelope", letter.Envelope),
            ("@now", work.Now.ToUnixTimeMilliseconds())) == 1;

    /// <summary>Number of kept dead letters.</summary>
    public static long DeadLetterCount<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT count(*) FROM dead_letter"));
}

using Consistency.Storage;
using Contracts.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>
/// Keeps messages that could not be handled, so that nothing is lost silently, and keeps their order: messages of an aggregate that is in line
/// (one of its messages is dead, others may be parked behind it) wait for their turn. Everything here is part of the caller's transaction.
/// </summary>
public static class DeadLetterStore
{
    /// <summary>
    /// Keeps a dead letter, unless the consumer has handled the message: consumers of one topic share its dead-letter topic,
    /// so one also sees what only another one failed at. The reason is that of the last failed handling here.
    /// </summary>
    /// <returns>True if it was not kept before.</returns>
    public static bool Keep<TDb>(UnitOfWork<TDb> work, string consumer, DeadLetter letter)
        where TDb : DbContext =>
        !work.Inbox.IsMarked(consumer, letter.MessageId) && Insert(work, consumer, letter, DeadLetterStatuses.Dead, FailureReason.NeverReached);

    /// <summary>Keeps a message as dead that has just failed here for good, and counts that attempt.</summary>
    /// <returns>True if it was not kept before.</returns>
    public static bool KeepFailed<TDb>(UnitOfWork<TDb> work, string consumer, DeadLetter letter, string reason)
        where TDb : DbContext
    {
        if (work.Inbox.IsMarked(consumer, letter.MessageId))
        {
            return false;
        }

        Failed(work, letter.MessageId, reason);
        return Insert(work, consumer, letter, DeadLetterStatuses.Dead, reason);
    }

    /// <summary>Counts a failed handling: with the letter, where the message is kept already, else until it is given up.</summary>
    public static void Failed<TDb>(UnitOfWork<TDb> work, string messageId, string reason)
        where TDb : DbContext
    {
        var isKept = work.Statements.Run(
            """
            UPDATE dead_letter SET attempts = attempts + 1, reason = @reason, first_failed_at = coalesce(first_failed_at, @now), last_failed_at = @now
            WHERE message_id = @id AND ended_at IS NULL
            """,
            ("@reason", reason),
            ("@now", work.Now.ToUnixTimeMilliseconds()),
            ("@id", messageId)) == 1;
        if (!isKept)
        {
            DeliveryFailures.Record(work, messageId, reason);
        }
    }

    /// <summary>True while a message of the aggregate is dead: then <see cref="IsHeld"/> tells which later ones wait.</summary>
    public static bool IsInLine<TDb>(UnitOfWork<TDb> work, string topic, string subject)
        where TDb : DbContext =>
        subject.Length > 0 && work.Statements.Get(
            "SELECT 1 FROM dead_letter WHERE topic = @topic AND subject = @subject AND ended_at IS NULL AND holds = 1 LIMIT 1",
            ("@topic", topic),
            ("@subject", subject)).ExecuteScalar() is not null;

    /// <summary>
    /// True if an earlier message of the aggregate, by version, is dead or parked itself. One that is not later than all of those need not wait.
    /// </summary>
    public static bool IsHeld<TDb>(UnitOfWork<TDb> work, string topic, string subject, long version, string messageId)
        where TDb : DbContext => work.Statements.Get(
        """
        SELECT 1 FROM dead_letter
        WHERE topic = @topic AND subject = @subject AND ended_at IS NULL AND holds = 1 AND version <= @version AND message_id <> @id LIMIT 1
        """,
        ("@topic", topic),
        ("@subject", subject),
        ("@version", version),
        ("@id", messageId)).ExecuteScalar() is not null;

    /// <summary>Parks a message until those before it are replayed or discarded. It may then be acknowledged: it is kept here.</summary>
    /// <returns>True if it was not kept before.</returns>
    public static bool Park<TDb>(UnitOfWork<TDb> work, string consumer, DeadLetter letter)
        where TDb : DbContext =>
        Insert(work, consumer, letter, DeadLetterStatuses.Parked, "waits for an earlier message of its aggregate, which is dead");

    /// <summary>A message was handled by a delivery after all: where it was kept as dead, it no longer is.</summary>
    public static void HandledByDelivery<TDb>(UnitOfWork<TDb> work, string messageId)
        where TDb : DbContext => work.Statements.Run(
        """
        UPDATE dead_letter SET status = 'replayed', ended_at = @now, ended_by = @by WHERE message_id = @id AND ended_at IS NULL
        """,
        ("@now", work.Now.ToUnixTimeMilliseconds()),
        ("@by", DeadLetterEndings.Delivery),
        ("@id", messageId));

    private static bool Insert<TDb>(UnitOfWork<TDb> work, string consumer, DeadLetter letter, string status, string reason)
        where TDb : DbContext
    {
        var isNew = work.Statements.Run(
            """
            INSERT INTO dead_letter (
                message_id, consumer, topic, type, subject, version, holds, envelope, traceparent, status, received_at,
                reason, attempts, first_failed_at, last_failed_at)
            SELECT @id, @consumer, @topic, @type, @subject, @version, @holds, @envelope, @traceparent, @status, @now,
                coalesce(f.reason, @reason), coalesce(f.attempts, 0), f.first_failed_at, f.last_failed_at
            FROM (SELECT 1) LEFT JOIN delivery_failure f ON f.message_id = @id AND @status <> 'parked'
            WHERE true ON CONFLICT (message_id) DO NOTHING
            """,
            ("@id", letter.MessageId),
            ("@consumer", consumer),
            ("@topic", letter.Topic),
            ("@type", letter.Type),
            ("@subject", letter.Subject),
            ("@version", letter.Version),
            ("@holds", letter.Holds ? 1 : 0),
            ("@envelope", letter.Envelope),
            ("@traceparent", letter.Traceparent),
            ("@status", status),
            ("@now", work.Now.ToUnixTimeMilliseconds()),
            ("@reason", reason)) == 1;
        if (isNew)
        {
            DeliveryFailures.Forget(work, letter.MessageId);
        }

        return isNew;
    }
}

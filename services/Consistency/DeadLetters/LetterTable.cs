using Consistency.Storage;
using Contracts.DeadLetters;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>A letter as it is stored, with what is needed to handle it.</summary>
internal sealed record StoredLetter(DeadLetterEntry Entry, string Envelope, bool Holds)
{
    public bool IsOpen => Entry.EndedAt is null;

    public LetterOutcome Outcome(string result, string? detail = null) =>
        new(Entry.Id, Entry.MessageId, Entry.Type, Entry.Subject, result, detail);
}

/// <summary>Letters within a transaction: looked up and changed under the write lock, so that what was seen still holds when it is changed.</summary>
internal static class LetterTable
{
    public static StoredLetter? Find<TDb>(UnitOfWork<TDb> work, long id)
        where TDb : DbContext
    {
        using var reader = work.Statements.Get(
            $"SELECT {DeadLetterQueries.Columns}, envelope, holds FROM dead_letter WHERE sequence = @id", ("@id", id)).ExecuteReader();
        return reader.Read() ? new StoredLetter(DeadLetterQueries.Read(reader), reader.GetString(18), reader.GetInt64(19) == 1) : null;
    }

    /// <summary>The id of the first letter of an aggregate's line that comes before this one; null where it is the first.</summary>
    public static long? FindAhead<TDb>(UnitOfWork<TDb> work, StoredLetter letter)
        where TDb : DbContext => letter.Holds
        ? work.Statements.Get(
            """
            SELECT sequence FROM dead_letter
            WHERE topic = @topic AND subject = @subject AND ended_at IS NULL AND holds = 1 AND (version, sequence) < (@version, @id)
            ORDER BY version, sequence LIMIT 1
            """,
            ("@topic", letter.Entry.Topic),
            ("@subject", letter.Entry.Subject),
            ("@version", letter.Entry.Version),
            ("@id", letter.Entry.Id)).ExecuteScalar() as long?
        : null;

    /// <summary>Ends a letter.</summary>
    public static void End<TDb>(UnitOfWork<TDb> work, long id, string status, string by, string? note = null, int replays = 0)
        where TDb : DbContext => work.Statements.Run(
        """
        UPDATE dead_letter SET status = @status, ended_at = @now, ended_by = @by, note = @note, replays = replays + @replays
        WHERE sequence = @id AND ended_at IS NULL
        """,
        ("@status", status),
        ("@now", work.Now.ToUnixTimeMilliseconds()),
        ("@by", by),
        ("@note", note),
        ("@replays", replays),
        ("@id", id));

    /// <summary>Counts an attempt that failed.</summary>
    public static void Failed<TDb>(UnitOfWork<TDb> work, long id, string status, string reason, int replays)
        where TDb : DbContext => work.Statements.Run(
        """
        UPDATE dead_letter SET status = @status, reason = @reason, attempts = attempts + 1, replays = replays + @replays,
            first_failed_at = coalesce(first_failed_at, @now), last_failed_at = @now
        WHERE sequence = @id AND ended_at IS NULL
        """,
        ("@status", status),
        ("@reason", reason),
        ("@replays", replays),
        ("@now", work.Now.ToUnixTimeMilliseconds()),
        ("@id", id));
}

using System.Data.Common;
using Consistency.Identity;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Feeds;

/// <summary>A change as the feed's table has it; the record itself is read beside it.</summary>
public readonly record struct ChangeRow(long Sequence, string Kind, string Key, DateTimeOffset ChangedAt, bool Deleted, string? Traceparent);

/// <summary>Part of the feed.</summary>
/// <param name="Rows">Changes in commit order.</param>
/// <param name="Cursor">Behind the last of them.</param>
/// <param name="More">True if more can be read at once.</param>
/// <param name="Rewound">
/// True if the page starts from the beginning again, because this database does not know the place that was asked for: it was put back to an
/// earlier state (a restored backup). Most of what follows may have been read before.
/// </param>
public sealed record ChangeRows(IReadOnlyList<ChangeRow> Rows, FeedCursor Cursor, bool More, bool Rewound);

/// <summary>
/// The owner's side of the change feed. Gap-free and in commit order, since the database has one writer: a place that is visible has none
/// before it that is not. (A database with concurrent writers needs more: rows that were committed after a later one must be waited for.)
/// </summary>
public sealed class ChangeFeed<TDb>(Database<TDb> database)
    where TDb : DbContext
{
    internal const string BehindSql =
        """
        SELECT (SELECT count(*) FROM (SELECT 1 FROM change WHERE lane = @lane AND sequence > @after LIMIT @count)),
            (SELECT changed_at FROM change WHERE lane = @lane AND sequence > @after ORDER BY sequence LIMIT 1)
        """;

    // A follower that has been away for longer reads everything again.
    private const int GenerationsKept = 1000;

    /// <summary>Notes that a process starts on this database. Before anything is written or read.</summary>
    /// <returns>Name of the generation: never used before, also not by a life of this database that a restored backup has undone.</returns>
    public string BeginGeneration(IIdSource ids, TimeProvider time)
    {
        var id = ids.Next();
        using var connection = database.Open();
        connection.Run(
            transaction: null,
            "INSERT INTO feed_generation (id, starts_at, created_at) VALUES (@id, (SELECT coalesce(max(sequence), 0) FROM change), @now)",
            ("@id", id),
            ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
        connection.Run(
            transaction: null,
            "DELETE FROM feed_generation WHERE ordinal <= (SELECT max(ordinal) FROM feed_generation) - @kept",
            ("@kept", GenerationsKept));
        return id;
    }

    /// <summary>Reads on from a cursor.</summary>
    /// <param name="after">Where the last page ended.</param>
    /// <param name="lane">Only this lane; null for all.</param>
    /// <param name="countMax">Most changes.</param>
    /// <param name="quietBefore">Stops before the first change that is younger; null reads to the end.</param>
    /// <param name="now">
    /// The owner's clock. What seems to be changed later was changed before the clock was set back: it counts as quiet, else everything behind
    /// it would wait until the clock is there again.
    /// </param>
    public ChangeRows Read(
        FeedCursor after, Lane? lane, int countMax, DateTimeOffset? quietBefore = null, DateTimeOffset? now = null) => database.ReadRows(connection =>
    {
        var (start, rewound) = FindStart(connection, after);
        using var command = connection.Prepare(
            transaction: null,
            $"""
            SELECT sequence, kind, key, changed_at, deleted, traceparent FROM change
            WHERE sequence > @after {(lane is null ? "" : "AND lane = @lane")} ORDER BY sequence LIMIT @count
            """,
            ("@after", start),
            ("@lane", (int?)lane),
            ("@count", countMax + 1));
        var rows = new List<ChangeRow>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                rows.Add(ReadRow(reader));
            }
        }

        // Asked for behind the rows: a process that starts in between then began at or before the last of them, and the cursor is of its time.
        var generation = Newest(connection);
        var dueCount = rows.TakeWhile(r => quietBefore is null || r.ChangedAt <= quietBefore || r.ChangedAt > now).Count();
        var due = rows.Take(Math.Min(dueCount, countMax)).ToList();
        return new ChangeRows(due, new FeedCursor(generation, due.Count == 0 ? start : due[^1].Sequence), dueCount > countMax, rewound);
    });

    /// <summary>Trace context of a record's last change; null where there is none.</summary>
    public string? TraceparentOf(string kind, string key) => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null, "SELECT traceparent FROM change WHERE kind = @kind AND key = @key", ("@kind", kind), ("@key", key));
        return command.ExecuteScalar() as string;
    });

    /// <summary>Number of changes of a lane behind a cursor, counted up to <paramref name="countMax"/>.</summary>
    public long CountBehind(FeedCursor cursor, Lane lane, int countMax) =>
        database.ReadRows(connection => Behind(connection, cursor, lane, countMax).Count);

    /// <summary>
    /// Changes of a lane behind a cursor: how many, counted up to <paramref name="countMax"/>, and since when the first of them is there, in
    /// milliseconds since 1970. A record that has changed again since stands behind, at its later change.
    /// </summary>
    internal static (long Count, long? Since) Behind(DbConnection connection, FeedCursor cursor, Lane lane, int countMax)
    {
        var (start, _) = FindStart(connection, cursor);
        using var command = connection.Prepare(
            transaction: null,
            BehindSql,
            ("@lane", (int)lane),
            ("@after", start),
            ("@count", countMax));
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
    }

    // Where the cursor's generation ended is where the next one started: what was read beyond has not survived. Such a follower starts from
    // the beginning, since what has changed in the life that is lost stands anywhere now: at the place of the change before.
    private static (long Start, bool Rewound) FindStart(DbConnection connection, FeedCursor cursor)
    {
        if (cursor == FeedCursor.Start || cursor.Generation == Newest(connection))
        {
            return (cursor.Sequence, false);
        }

        using var command = connection.Prepare(
            transaction: null,
            """
            SELECT next.starts_at FROM feed_generation AS mine JOIN feed_generation AS next ON next.ordinal > mine.ordinal
            WHERE mine.id = @id ORDER BY next.ordinal LIMIT 1
            """,
            ("@id", cursor.Generation));
        var survived = command.ExecuteScalar() is long end ? end : 0;
        var isRewound = cursor.Sequence > survived;
        return (isRewound ? 0 : cursor.Sequence, isRewound);
    }

    private static string Newest(DbConnection connection)
    {
        using var command = connection.Prepare(transaction: null, "SELECT id FROM feed_generation ORDER BY ordinal DESC LIMIT 1");
        return command.ExecuteScalar() as string ?? "";
    }

    private static ChangeRow ReadRow(DbDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetString(2),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
        reader.GetBoolean(4),
        reader.IsDBNull(5) ? null : reader.GetString(5));
}

using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Feeds;

/// <summary>A follower's side of the change feed: how far it has followed others. Moved in the transaction that applies what was read.</summary>
public static class FeedCursors
{
    /// <summary>
    /// Where the follower stands, and as of when it knows its source (the source's clock); the start and 1970 where it has never followed.
    /// </summary>
    public static (string Cursor, DateTimeOffset AsOf) FeedPosition<TDb>(this Database<TDb> database, string source, string lane)
        where TDb : DbContext =>
        database.ReadRows(connection =>
        {
            using var command = connection.Prepare(
                transaction: null,
                "SELECT cursor, as_of FROM feed_cursor WHERE source = @source AND lane = @lane",
                ("@source", source),
                ("@lane", lane));
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? (reader.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))
                : ("", DateTimeOffset.UnixEpoch);
        });

    /// <summary>Moves on from one cursor to the next; false where another instance on the same database was faster.</summary>
    /// <param name="work">The transaction that applies what was read.</param>
    /// <param name="source">App id of the feed's owner.</param>
    /// <param name="lane">Which of the follower's readings of that feed.</param>
    /// <param name="from">Cursor with which the page was asked for.</param>
    /// <param name="to">Cursor behind the page.</param>
    /// <param name="asOf">As of when the source is known now.</param>
    public static bool TryAdvance<TDb>(UnitOfWork<TDb> work, string source, string lane, string from, string to, DateTimeOffset asOf)
        where TDb : DbContext =>
        work.Statements.Run(
            """
            INSERT INTO feed_cursor (source, lane, cursor, as_of) SELECT @source, @lane, @to, @as_of WHERE @from = ''
            ON CONFLICT (source, lane) DO NOTHING
            """,
            ("@source", source),
            ("@lane", lane),
            ("@to", to),
            ("@as_of", asOf.ToUnixTimeMilliseconds()),
            ("@from", from)) == 1
        || work.Statements.Run(
            "UPDATE feed_cursor SET cursor = @to, as_of = @as_of WHERE source = @source AND lane = @lane AND cursor = @from",
            ("@to", to),
            ("@as_of", asOf.ToUnixTimeMilliseconds()),
            ("@source", source),
            ("@lane", lane),
            ("@from", from)) == 1;
}

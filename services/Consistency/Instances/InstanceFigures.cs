using System.Data.Common;
using Consistency.Feeds;
using Consistency.Storage;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Instances;

/// <summary>What the instances of a service keep in their common database, so that each can answer for all.</summary>
public static class InstanceFigures
{
    // Twice as many as run side by side, so that the rows of one that has just ended are still counted.
    private const int ProcessesKept = 16;

    /// <summary>Replaces what a process has counted.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="process">The process.</param>
    /// <param name="byPattern">All of its counts since its start.</param>
    public static void KeepTraffic<TDb>(UnitOfWork<TDb> work, string process, IReadOnlyDictionary<string, PatternTraffic> byPattern)
        where TDb : DbContext
    {
        foreach (var (pattern, traffic) in byPattern)
        {
            work.Statements.Run(
                """
                INSERT OR REPLACE INTO process_traffic (process, pattern, messages, deliveries, calls, changes, counted_at)
                VALUES (@process, @pattern, @messages, @deliveries, @calls, @changes, @now)
                """,
                ("@process", process),
                ("@pattern", pattern),
                ("@messages", traffic.Messages),
                ("@deliveries", traffic.Deliveries),
                ("@calls", traffic.Calls),
                ("@changes", traffic.Changes),
                ("@now", work.Now.ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>A process starts: forgets the counts of those that ended long ago.</summary>
    public static int ForgetEnded<TDb>(UnitOfWork<TDb> work)
        where TDb : DbContext => work.Statements.Run(
        """
        DELETE FROM process_traffic WHERE process NOT IN
            (SELECT process FROM process_traffic GROUP BY process ORDER BY max(counted_at) DESC LIMIT @kept)
        """,
        ("@kept", ProcessesKept));

    /// <summary>
    /// The sum over all processes that are remembered. It is told under the name of the process that started last: with each start the sum
    /// may have lost what one that ended had counted.
    /// </summary>
    public static ServiceTraffic Traffic<TDb>(this Database<TDb> database)
        where TDb : DbContext => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            """
            SELECT pattern, sum(messages), sum(deliveries), sum(calls), sum(changes),
                (SELECT id FROM feed_generation ORDER BY ordinal DESC LIMIT 1)
            FROM process_traffic GROUP BY pattern
            UNION ALL SELECT '', 0, 0, 0, 0, (SELECT id FROM feed_generation ORDER BY ordinal DESC LIMIT 1)
            """);
        using var reader = command.ExecuteReader();
        var (process, byPattern) = ("", new Dictionary<string, PatternTraffic>(StringComparer.Ordinal));
        while (reader.Read())
        {
            process = reader.IsDBNull(5) ? "" : reader.GetString(5);
            if (reader.GetString(0) is { Length: > 0 } pattern)
            {
                byPattern[pattern] = new PatternTraffic(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
            }
        }

        return new ServiceTraffic(process, byPattern);
    });

    /// <summary>
    /// Notes how far a follower has read, unless it has told another instance since. A time that is still to come is that of a clock which was set back.
    /// </summary>
    /// <param name="work">The transaction.</param>
    /// <param name="follower">App id.</param>
    /// <param name="cursor">Behind what it has read.</param>
    /// <param name="toldAt">When it told.</param>
    public static void KeepReader<TDb>(UnitOfWork<TDb> work, string follower, FeedCursor cursor, DateTimeOffset toldAt)
        where TDb : DbContext => work.Statements.Run(
        """
        INSERT INTO feed_reader (follower, cursor, told_at) VALUES (@follower, @cursor, @told)
        ON CONFLICT (follower) DO UPDATE SET cursor = excluded.cursor, told_at = excluded.told_at
        WHERE feed_reader.told_at <= excluded.told_at OR feed_reader.told_at > @now
        """,
        ("@follower", follower),
        ("@cursor", cursor.ToString()),
        ("@told", toldAt.ToUnixTimeMilliseconds()),
        ("@now", work.Now.ToUnixTimeMilliseconds()));

    /// <summary>How far a follower has read; the beginning where it never has.</summary>
    public static FeedCursor ReaderCursor<TDb>(this Database<TDb> database, string follower)
        where TDb : DbContext => database.ReadRows(connection => ReaderCursor(connection, follower));

    internal static FeedCursor ReaderCursor(DbConnection connection, string follower)
    {
        using var command = connection.Prepare(transaction: null, "SELECT cursor FROM feed_reader WHERE follower = @follower", ("@follower", follower));
        return FeedCursor.TryParse(command.ExecuteScalar() as string, out var cursor) ? cursor : FeedCursor.Start;
    }
}

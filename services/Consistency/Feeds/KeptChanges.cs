using System.Text.Json;
using Consistency.Storage;
using Contracts.Feeds;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Feeds;

/// <summary>
/// Changes of others that could not be applied. The cursor moves past them, so that one bad record never stops the others; they are kept and
/// tried again. At most one per record: a newer change replaces the kept one, and an older one that comes late (two lanes are read beside each
/// other, and what is kept is tried again beside both) leaves it alone.
/// </summary>
public static class KeptChanges
{
    /// <summary>Keeps a change, or notes that it has failed once more.</summary>
    /// <param name="work">The transaction that moves the cursor past it.</param>
    /// <param name="source">App id of the feed's owner.</param>
    /// <param name="change">The change.</param>
    /// <param name="error">Why it could not be applied, for people.</param>
    /// <returns>True if no change of this record was kept before.</returns>
    public static bool Keep<TDb>(UnitOfWork<TDb> work, string source, Change change, string error)
        where TDb : DbContext
    {
        var isNew = Attempts(work, source, change.Kind, change.Key) == 0;
        work.Statements.Run(
            """
            INSERT INTO feed_retry (source, kind, key, change, attempts, last_error, since)
            VALUES (@source, @kind, @key, @change, 1, @error, @now)
            ON CONFLICT (source, kind, key) DO UPDATE SET change = excluded.change, attempts = attempts + 1, last_error = excluded.last_error
            WHERE json_extract(feed_retry.change, '$.sequence') <= @sequence
            """,
            ("@source", source),
            ("@kind", change.Kind),
            ("@key", change.Key),
            ("@change", JsonSerializer.Serialize(change, JsonSerializerOptions.Web)),
            ("@error", error),
            ("@now", work.Now.ToUnixTimeMilliseconds()),
            ("@sequence", change.Sequence));
        return isNew;
    }

    /// <summary>True if any change of a source is kept: where none is, none need be forgotten.</summary>
    public static bool Any<TDb>(UnitOfWork<TDb> work, string source)
        where TDb : DbContext =>
        work.Statements.Get("SELECT 1 FROM feed_retry WHERE source = @source LIMIT 1", ("@source", source)).ExecuteScalar() is not null;

    /// <summary>How often applying a record has failed so far; 0 where nothing is kept of it.</summary>
    public static long Attempts<TDb>(UnitOfWork<TDb> work, string source, string kind, string key)
        where TDb : DbContext =>
        work.Statements.Get(
            "SELECT attempts FROM feed_retry WHERE source = @source AND kind = @kind AND key = @key",
            ("@source", source),
            ("@kind", kind),
            ("@key", key)).ExecuteScalar() as long? ?? 0;

    /// <summary>Forgets what is kept of a record, unless it is newer than this change, which has been applied.</summary>
    public static void Forget<TDb>(UnitOfWork<TDb> work, string source, Change change)
        where TDb : DbContext =>
        work.Statements.Run(
            """
            DELETE FROM feed_retry
            WHERE source = @source AND kind = @kind AND key = @key AND json_extract(change, '$.sequence') <= @sequence
            """,
            ("@source", source),
            ("@kind", change.Kind),
            ("@key", change.Key),
            ("@sequence", change.Sequence));

    /// <summary>The source was put back to an earlier state and counts anew: whatever it tells from now on is newer than what is kept.</summary>
    public static void Outdate<TDb>(UnitOfWork<TDb> work, string source)
        where TDb : DbContext =>
        work.Statements.Run("UPDATE feed_retry SET change = json_set(change, '$.sequence', 0) WHERE source = @source", ("@source", source));

    /// <summary>Kept changes of a source; those that were tried least come first, so that none is kept from its turn by others.</summary>
    public static IReadOnlyList<Change> KeptOf<TDb>(this Database<TDb> database, string source, int countMax)
        where TDb : DbContext => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            "SELECT change FROM feed_retry WHERE source = @source ORDER BY attempts, since LIMIT @count",
            ("@source", source),
            ("@count", countMax));
        using var reader = command.ExecuteReader();
        var changes = new List<Change>();
        while (reader.Read())
        {
            changes.Add(JsonSerializer.Deserialize<Change>(reader.GetString(0), JsonSerializerOptions.Web)!);
        }

        return changes;
    });

    /// <summary>Number of kept changes, of all sources.</summary>
    public static long KeptChangeCount<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT count(*) FROM feed_retry"));
}

using Consistency.Storage;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Repairs;

/// <summary>What the repair found and did, written in the transaction that does it.</summary>
public static class RepairLog
{
    /// <summary>Records a repair.</summary>
    /// <param name="work">The transaction that heals.</param>
    /// <param name="kind">Kind of the record that differed.</param>
    /// <param name="key">Which one.</param>
    /// <param name="pattern">Pattern of its order; null where it has none.</param>
    /// <param name="found">What was found, for people.</param>
    /// <param name="did">What was done about it, for people.</param>
    /// <param name="changedAt">When the other service committed what never arrived here.</param>
    public static void Record<TDb>(
        UnitOfWork<TDb> work, string kind, string key, string? pattern, string found, string did, DateTimeOffset changedAt)
        where TDb : DbContext
    {
        work.Statements.Run(
            """
            INSERT INTO repair (kind, key, pattern, found, did, late_ms, repaired_at) VALUES (@kind, @key, @pattern, @found, @did, @late, @now)
            """,
            ("@kind", kind),
            ("@key", key),
            ("@pattern", pattern),
            ("@found", found),
            ("@did", did),
            ("@late", Math.Max(0, (long)(work.Now - changedAt).TotalMilliseconds)),
            ("@now", work.Now.ToUnixTimeMilliseconds()));
        work.AfterCommit(meter => meter.Repaired(kind));
    }

    /// <summary>Number of repairs, ever.</summary>
    public static long RepairCount<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'repair'), 0)"));

    /// <summary>A page of repairs, oldest first; as far as they are kept (<see cref="Limits.RepairRetention"/>).</summary>
    /// <param name="database">The database.</param>
    /// <param name="after">Behind this id.</param>
    /// <param name="size">Entries of a page.</param>
    public static Page<RepairEntry> Repairs<TDb>(this Database<TDb> database, long after, int size)
        where TDb : DbContext => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            """
            SELECT id, kind, key, pattern, found, did, late_ms, repaired_at FROM repair WHERE id > @after ORDER BY id LIMIT @count
            """,
            ("@after", after),
            ("@count", size + 1));
        using var reader = command.ExecuteReader();
        var rows = new List<RepairEntry>();
        while (reader.Read())
        {
            rows.Add(new RepairEntry(
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetInt64(6),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7))));
        }

        return KeysetPage.Of(rows, size, r => r.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), r => r);
    });
}

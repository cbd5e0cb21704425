using System.Data.Common;
using System.Text.Json;
using Consistency.Storage;
using Contracts.Conflicts;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Replication;

/// <summary>Reads a replica's log of conflicts.</summary>
public static class ConflictQueries
{
    /// <summary>Conflicts in the order in which this replica met them, in pages.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="status">One of <see cref="ConflictStatuses"/>; null for both.</param>
    /// <param name="record">Only those of this record; null for all.</param>
    /// <param name="after">Only those behind this position.</param>
    /// <param name="size">Most entries.</param>
    public static Page<ConflictEntry> ListConflicts<TDb>(this Database<TDb> database, string? status, (string Kind, string Key)? record, long after, int size)
        where TDb : DbContext => database.ReadRows(connection =>
        {
            var which = status switch
            {
                ConflictStatuses.Open => "AND resolved_at IS NULL",
                ConflictStatuses.Resolved => "AND resolved_at IS NOT NULL",
                _ => "",
            };
            using var command = connection.Prepare(
                transaction: null,
                $"""
                SELECT sequence, kind, key, field, policy, kept, siblings, seen_at, resolved_at, resolved_by FROM conflict
                WHERE sequence > @after {(record is null ? "" : "AND kind = @kind AND key = @key")} {which} ORDER BY sequence LIMIT @count
                """,
                ("@after", after),
                ("@kind", record?.Kind),
                ("@key", record?.Key),
                ("@count", size + 1));
            using var reader = command.ExecuteReader();
            var entries = new List<ConflictEntry>();
            while (reader.Read())
            {
                entries.Add(Read(reader));
            }

            return KeysetPage.Of(entries, size, e => $"{e.Sequence}", e => e);
        });

    private static ConflictEntry Read(DbDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        JsonElement.Parse(reader.GetString(5)),
        JsonSerializer.Deserialize<List<ConflictSibling>>(reader.GetString(6), JsonSerializerOptions.Web)!,
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7)),
        reader.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)),
        reader.IsDBNull(9) ? null : reader.GetString(9));
}

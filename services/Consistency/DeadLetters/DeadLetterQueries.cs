using System.Data.Common;
using System.Text.Json;
using Consistency.Storage;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Consistency.DeadLetters;

/// <summary>Reads the dead letters that are kept.</summary>
public static class DeadLetterQueries
{
    internal const string Columns =
        "sequence, message_id, consumer, topic, type, subject, version, status, reason, attempts, replays, first_failed_at, last_failed_at, "
        + "received_at, traceparent, ended_at, ended_by, note";

    /// <summary>Number of messages that were given up and wait for an operator.</summary>
    public static long DeadLetterCount<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT count(*) FROM dead_letter WHERE status = 'dead'"));

    /// <summary>Number of messages that wait behind a dead one of their aggregate.</summary>
    public static long ParkedCount<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT count(*) FROM dead_letter WHERE status = 'parked'"));

    /// <summary>Letters in the order in which they arrived, in pages.</summary>
    /// <param name="database">The service's database.</param>
    /// <param name="status">One of <see cref="DeadLetterStatuses"/>; null for all.</param>
    /// <param name="filter">Which ones.</param>
    /// <param name="now">The time from which ages count.</param>
    /// <param name="after">Only those behind this id.</param>
    /// <param name="size">Most entries.</param>
    public static Page<DeadLetterEntry> ListDeadLetters<TDb>(
        this Database<TDb> database, string? status, DeadLetterFilter filter, DateTimeOffset now, long after, int size)
        where TDb : DbContext => database.ReadRows(connection =>
        {
            using var command = connection.Prepare(
                transaction: null,
                $"""
                SELECT {Columns} FROM dead_letter
                WHERE sequence > @after {(status is null ? "" : "AND status = @status")} {(filter.Topic is null ? "" : "AND topic = @topic")}
                    {(filter.Type is null ? "" : "AND type = @type")} {(filter.Subject is null ? "" : "AND subject = @subject")}
                    {(filter.Reason is null ? "" : "AND instr(reason, @reason) > 0")}
                    {(filter.OlderThanSeconds is null ? "" : "AND received_at <= @before")}
                ORDER BY sequence LIMIT @count
                """,
                ("@after", after),
                ("@status", status),
                ("@topic", filter.Topic),
                ("@type", filter.Type),
                ("@subject", filter.Subject),
                ("@reason", filter.Reason),
                ("@before", now.ToUnixTimeMilliseconds() - ((filter.OlderThanSeconds ?? 0) * 1000)),
                ("@count", size + 1));
            using var reader = command.ExecuteReader();
            var entries = new List<DeadLetterEntry>();
            while (reader.Read())
            {
                entries.Add(Read(reader));
            }

            return KeysetPage.Of(entries, size, e => $"{e.Id}", e => e);
        });

    /// <summary>A letter in full; null where there is none of that id.</summary>
    public static DeadLetterDetails? FindDeadLetter<TDb>(this Database<TDb> database, long id)
        where TDb : DbContext => database.ReadRows(connection =>
        {
            using var command = connection.Prepare(
                transaction: null, $"SELECT {Columns}, envelope FROM dead_letter WHERE sequence = @id", ("@id", id));
            using var reader = command.ExecuteReader();
            return reader.Read() && Read(reader) is var letter
                ? new DeadLetterDetails(letter, ParkedBehind(connection, letter), JsonElement.Parse(reader.GetString(18)))
                : null;
        });

    /// <summary>Ids of the dead letters of the same aggregate that come before one.</summary>
    internal static IReadOnlyList<long> FindDeadAhead<TDb>(this Database<TDb> database, DeadLetterEntry letter)
        where TDb : DbContext => database.ReadRows(connection =>
        {
            using var command = connection.Prepare(
                transaction: null,
                """
                SELECT ahead.sequence FROM dead_letter AS ahead, dead_letter AS this
                WHERE this.sequence = @id AND this.holds = 1 AND ahead.topic = this.topic AND ahead.subject = this.subject
                    AND ahead.ended_at IS NULL AND ahead.holds = 1 AND ahead.status = 'dead'
                    AND (ahead.version, ahead.sequence) < (this.version, this.sequence)
                ORDER BY ahead.version, ahead.sequence
                """,
                ("@id", letter.Id));
            using var reader = command.ExecuteReader();
            var ids = new List<long>();
            while (reader.Read())
            {
                ids.Add(reader.GetInt64(0));
            }

            return ids;
        });

    /// <summary>Number of messages that wait for a letter, and for no other one before it.</summary>
    internal static long ParkedBehind(DbConnection connection, DeadLetterEntry letter)
    {
        using var command = connection.Prepare(
            transaction: null,
            """
            SELECT count(*) FROM dead_letter
            WHERE topic = @topic AND subject = @subject AND ended_at IS NULL AND holds = 1 AND status = 'parked' AND version >= @version
                AND (SELECT holds FROM dead_letter WHERE sequence = @id AND status = 'dead') = 1
            """,
            ("@topic", letter.Topic),
            ("@subject", letter.Subject),
            ("@version", letter.Version),
            ("@id", letter.Id));
        return (long)command.ExecuteScalar()!;
    }

    internal static DeadLetterEntry Read(DbDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetString(5),
        reader.GetInt64(6),
        reader.GetString(7),
        reader.GetString(8),
        reader.GetInt32(9),
        reader.GetInt32(10),
        Time(reader, 11),
        Time(reader, 12),
        Time(reader, 13)!.Value,
        Text(reader, 14),
        Time(reader, 15),
        Text(reader, 16),
        Text(reader, 17));

    private static DateTimeOffset? Time(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

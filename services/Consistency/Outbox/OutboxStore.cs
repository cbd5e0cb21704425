using System.Data.Common;
using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Outbox;

/// <summary>A relay's view of its channel's table: what is unsent, who relays, what is sent.</summary>
public sealed class OutboxStore<TDb>(Database<TDb> database, WriteQueue<TDb> writes, OutboxChannel channel = OutboxChannel.Events)
    where TDb : DbContext
{
    private readonly string table = OutboxTables.Of(channel);

    /// <summary>The channel.</summary>
    public OutboxChannel Channel => channel;

    /// <summary>The oldest unsent messages, in commit order.</summary>
    /// <param name="countMax">Most messages.</param>
    /// <param name="after">Only those behind this position.</param>
    public IReadOnlyList<OutboxMessage> Unsent(int countMax, long after = 0) => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            $"""
            SELECT sequence, id, topic, type, subject, version, data, traceparent, created_at
            FROM {table} WHERE sent_at IS NULL AND sequence > @after ORDER BY sequence LIMIT @count
            """,
            ("@after", after),
            ("@count", countMax));
        using var reader = command.ExecuteReader();
        var messages = new List<OutboxMessage>();
        while (reader.Read())
        {
            messages.Add(Read(reader));
        }

        return messages;
    });

    /// <summary>Number of unsent messages.</summary>
    public long Depth() => database.ReadRows(connection => connection.Number($"SELECT count(*) FROM {table} WHERE sent_at IS NULL"));

    /// <summary>True if another instance holds the lease at that time. Reading first spares the writer.</summary>
    public bool IsLeasedToAnother(string owner, DateTimeOffset now) => database.ReadRows(connection =>
    {
        using var command = connection.Prepare(
            transaction: null,
            $"SELECT 1 FROM {table}_lease WHERE owner <> @owner AND until >= @now",
            ("@owner", owner),
            ("@now", now.ToUnixTimeMilliseconds()));
        return command.ExecuteScalar() is not null;
    });

    /// <summary>Becomes or stays the relay, unless another instance holds the lease.</summary>
    public Task<bool> TryLeaseAsync(string owner, CancellationToken cancellationToken) =>
        writes.ExecuteAsync(
            work => work.Statements.Run(
                $"""
                INSERT INTO {table}_lease (id, owner, until) VALUES (1, @owner, @until)
                ON CONFLICT (id) DO UPDATE SET owner = @owner, until = @until
                WHERE {table}_lease.owner = @owner OR {table}_lease.until < @now
                """,
                ("@owner", owner),
                ("@until", (work.Now + Limits.RelayLease).ToUnixTimeMilliseconds()),
                ("@now", work.Now.ToUnixTimeMilliseconds())) == 1,
            cancellationToken);

    /// <summary>Gives the lease up, so that another instance need not wait for it to run out.</summary>
    public Task ReleaseAsync(string owner) =>
        writes.ExecuteAsync(work => work.Statements.Run($"DELETE FROM {table}_lease WHERE owner = @owner", ("@owner", owner)));

    /// <summary>Marks messages as sent.</summary>
    public Task MarkSentAsync(IReadOnlyList<OutboxMessage> messages) =>
        writes.ExecuteAsync(work =>
        {
            foreach (var message in messages)
            {
                work.Statements.Run(
                    $"UPDATE {table} SET sent_at = @now WHERE sequence = @sequence",
                    ("@now", work.Now.ToUnixTimeMilliseconds()),
                    ("@sequence", message.Sequence));
            }

            return messages.Count;
        });

    private static OutboxMessage Read(DbDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetInt64(5),
        (byte[])reader.GetValue(6),
        reader.IsDBNull(7) ? null : reader.GetString(7),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)));
}

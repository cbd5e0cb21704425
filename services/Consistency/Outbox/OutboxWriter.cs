using Consistency.Identity;
using Consistency.Storage;

namespace Consistency.Outbox;

/// <summary>Adds messages to the channels' tables inside the caller's transaction.</summary>
internal sealed class OutboxWriter(StatementCache statements, IIdSource ids)
{
    /// <summary>The channels that something was added to.</summary>
    public OutboxChannels Channels { get; private set; }

    public void Add(
        OutboxChannel channel, string topic, string type, string subject, long version, byte[] data, string? traceparent, DateTimeOffset now)
    {
        statements.Run(
            $"""
            INSERT INTO {OutboxTables.Of(channel)} (id, topic, type, subject, version, data, traceparent, created_at)
            VALUES (@id, @topic, @type, @subject, @version, @data, @traceparent, @now)
            """,
            ("@id", ids.Next()),
            ("@topic", topic),
            ("@type", type),
            ("@subject", subject),
            ("@version", version),
            ("@data", data),
            ("@traceparent", traceparent),
            ("@now", now.ToUnixTimeMilliseconds()));
        Channels |= (OutboxChannels)(1 << (int)channel);
    }
}

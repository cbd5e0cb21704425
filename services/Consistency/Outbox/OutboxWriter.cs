using Consistency.Identity;
using Consistency.Storage;
using Contracts.Events;

namespace Consistency.Outbox;

/// <summary>Adds messages to the outbox table inside the caller's transaction.</summary>
internal sealed class OutboxWriter(StatementCache statements, IIdSource ids)
{
    public int Count { get; private set; }

    public void Add(EventTypeAttribute type, string subject, long version, byte[] data, string? traceparent, DateTimeOffset now)
    {
        statements.Run(
            """
            INSERT INTO outbox (id, topic, type, subject, version, data, traceparent, created_at)
            VALUES (@id, @topic, @type, @subject, @version, @data, @traceparent, @now)
            """,
            ("@id", ids.Next()),
            ("@topic", type.Topic),
            ("@type", type.Type),
            ("@subject", subject),
            ("@version", version),
            ("@data", data),
            ("@traceparent", traceparent),
            ("@now", now.ToUnixTimeMilliseconds()));
        Count++;
    }
}

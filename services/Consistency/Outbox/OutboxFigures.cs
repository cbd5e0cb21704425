using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Outbox;

/// <summary>What the outbox can say about itself.</summary>
public static class OutboxFigures
{
    /// <summary>Number of messages that are committed and not yet sent, in all channels.</summary>
    public static long OutboxDepth<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => OutboxTables.Channels.Sum(
            channel => connection.Number($"SELECT count(*) FROM {OutboxTables.Of(channel)} WHERE sent_at IS NULL")));
}

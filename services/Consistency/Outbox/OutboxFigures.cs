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

    /// <summary>True while workflows are still to be told something about an aggregate.</summary>
    /// <param name="database">The database.</param>
    /// <param name="aggregateId">The aggregate.</param>
    public static bool HasUntoldWorkflow<TDb>(this Database<TDb> database, string aggregateId)
        where TDb : DbContext =>
        database.ReadRows(connection =>
        {
            using var command = connection.Prepare(
                transaction: null,
                $"SELECT 1 FROM {OutboxTables.Of(OutboxChannel.Workflow)} WHERE sent_at IS NULL AND subject = @subject LIMIT 1",
                ("@subject", aggregateId));
            return command.ExecuteScalar() is not null;
        });
}

using Sidecar.Storage;
using Wire.Workflow;

namespace Sidecar.Workflows.Persistence;

/// <summary>Finds finished instances by the time of their end. An index leads to each, so that those not asked for cost nothing.</summary>
internal static class EndedReads
{
    /// <summary>Those that ended in a status until then, the oldest first.</summary>
    /// <param name="session">Connection.</param>
    /// <param name="status">How they ended.</param>
    /// <param name="untilMs">Latest end, in milliseconds since 1970.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    public static List<EndedInstance> Page(SqliteSession session, OrchestrationStatus status, long untilMs, EndedInstance? after, int count)
    {
        var command = session.Prepare(
            """
            SELECT id, key, ended_ms FROM instances
            WHERE status = @status AND ended_ms <= @until AND (ended_ms, key) > (@ms, @key) ORDER BY ended_ms, key LIMIT @count
            """,
            "@status", "@until", "@ms", "@key", "@count");
        command.Parameters[0].Value = (int)status;
        command.Parameters[1].Value = untilMs;
        command.Parameters[2].Value = after?.EndedMs ?? long.MinValue;
        command.Parameters[3].Value = after?.Key ?? 0;
        command.Parameters[4].Value = count;
        var page = new List<EndedInstance>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            page.Add(new EndedInstance(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }
        return page;
    }

    /// <summary>The first end in a status after then, in milliseconds since 1970; null where there is none.</summary>
    public static long? FirstAfter(SqliteSession session, OrchestrationStatus status, long ms)
    {
        var command = session.Prepare("SELECT MIN(ended_ms) FROM instances WHERE status = @status AND ended_ms > @ms", "@status", "@ms");
        command.Parameters[0].Value = (int)status;
        command.Parameters[1].Value = ms;
        return command.ExecuteScalar() as long?;
    }
}

/// <summary>A finished instance.</summary>
/// <param name="Id">Instance id.</param>
/// <param name="Key">The stored instance's number.</param>
/// <param name="EndedMs">When it ended, in milliseconds since 1970.</param>
internal sealed record EndedInstance(string Id, long Key, long EndedMs);

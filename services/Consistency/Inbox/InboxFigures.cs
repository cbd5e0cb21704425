using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Inbox;

/// <summary>What the inbox can say about itself.</summary>
public static class InboxFigures
{
    /// <summary>Redelivered messages that were acknowledged without effect, since the database was made.</summary>
    public static long DuplicatesSuppressed<TDb>(this Database<TDb> database)
        where TDb : DbContext
    {
        using var connection = database.Open();
        using var command = connection.Prepare(
            transaction: null,
            "SELECT (SELECT coalesce(sum(duplicates), 0) FROM inbox) + (SELECT coalesce(sum(duplicates), 0) FROM inbox_total)");
        return (long)command.ExecuteScalar()!;
    }
}

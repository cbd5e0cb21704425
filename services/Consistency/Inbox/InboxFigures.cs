using Consistency.Storage;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Inbox;

/// <summary>What the inbox can say about itself.</summary>
public static class InboxFigures
{
    /// <summary>Redelivered messages that were acknowledged without effect, since the database was made.</summary>
    public static long DuplicatesSuppressed<TDb>(this Database<TDb> database)
        where TDb : DbContext =>
        database.ReadRows(connection => connection.Number("SELECT coalesce(sum(duplicates), 0) FROM inbox_total"));
}

using Microsoft.Data.Sqlite;

namespace Consistency.Storage;

/// <summary>
/// Tells a database that cannot write (disk full, I/O error, locked by another process) from a unit of work that broke one of
/// its rules: the first concerns everyone, the second only itself.
/// </summary>
internal static class StorageFailure
{
    // SQLite's primary result codes that blame the statement or its data: ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE
    // (sqlite.org/rescode.html). Every other code blames the database.
    private static readonly int[] BlameTheStatement = [1, 18, 19, 20, 25];

    public static bool Is(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is SqliteException sqlite)
            {
                return !BlameTheStatement.Contains(sqlite.SqliteErrorCode);
            }
        }

        return false;
    }
}

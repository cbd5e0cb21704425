using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Consistency.Storage;

/// <summary>
/// A writer's turns on a file that other processes may write as well. SQLite knows no queue: whoever finds the write lock taken tries again
/// after a sleep, of up to a second in some builds of it, and a writer that begins again at once never lets another in. So a turn is asked
/// for every millisecond, and a writer that has just met another lets it go first before it goes on.
/// Time is real time: it is other processes that are waited for.
/// </summary>
internal sealed class WriteTurn
{
    private const int ResultBusy = 5;
    private const int PrimaryCode = 0xff;

    private readonly SqliteConnection connection;
    private readonly DbCommand dataVersion;
    private long version;
    private long metAt;

    /// <param name="connection">The writer's own, and nobody else's.</param>
    public WriteTurn(DbConnection connection)
    {
        this.connection = (SqliteConnection)connection;
        dataVersion = connection.Prepare(transaction: null, "PRAGMA data_version");
        version = ReadVersion();

        // The waiting is done here.
        connection.Run(transaction: null, "PRAGMA busy_timeout=0");
    }

    /// <summary>True while others have written so recently that they are likely to again.</summary>
    public bool HasCompany => metAt != 0 && Stopwatch.GetElapsedTime(metAt) < Limits.CompanyKept;

    /// <summary>
    /// True if another connection has committed since this was asked last. Source: sqlite.org/pragma.html, data_version: it does not
    /// change by commits of the connection that asks.
    /// </summary>
    public bool HaveOthersWritten()
    {
        var now = ReadVersion();
        if (now == version)
        {
            return false;
        }

        version = now;
        metAt = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>Begins a transaction that may write.</summary>
    /// <exception cref="SqliteException">Another process has held the lock for <see cref="Limits.BusyTimeoutMs"/>, or the database fails.</exception>
    public async ValueTask BeginAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE") is var result && result != raw.SQLITE_OK)
        {
            if ((result & PrimaryCode) != ResultBusy || Stopwatch.GetElapsedTime(started).TotalMilliseconds > Limits.BusyTimeoutMs)
            {
                SqliteException.ThrowExceptionForRC(result, connection.Handle);
            }

            metAt = Stopwatch.GetTimestamp();
            await Task.Delay(Limits.TurnRetry, TimeProvider.System);
        }
    }

    /// <summary>Lets another process that waits go first, where there is one.</summary>
    public async ValueTask YieldAsync()
    {
        if (HasCompany)
        {
            await Task.Delay(Limits.TurnGap, TimeProvider.System);
        }
    }

    private long ReadVersion() => (long)dataVersion.ExecuteScalar()!;
}

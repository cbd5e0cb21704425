using Microsoft.Data.Sqlite;

namespace Sidecar.Storage;

/// <summary>
/// One SQLite connection with its prepared commands. Used by one caller at a time: the writer loop, or the reader that borrowed it.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    internal SqliteSession(string path)
    {
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            Connection.Open();
            SetPragmas();
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection. Start no transaction of your own on it: the writer has one open around each piece of work.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>
    /// The prepared command for this text, created at first use and kept: set its parameters each time. Pass constant texts only,
    /// never one per request, because nothing is evicted.
    /// </summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Names of its parameters, in the order in which <see cref="SqliteCommand.Parameters"/> will hold them.</param>
    public SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            foreach (var name in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
            }
            _commands.Add(sql, command);
        }
        return command;
    }

    /// <summary>Runs a script of one or more statements without results, unprepared.</summary>
    public void Execute(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
        Connection.Dispose();
    }

    private void SetPragmas() =>
        // WAL: readers never wait for the writer. synchronous=NORMAL syncs at checkpoints only: what was committed survives a kill
        // of the process (the pages are with the kernel), while a power cut may lose the last commits but never corrupts the file.
        Execute($"""
            PRAGMA busy_timeout = {StorageLimits.BusyTimeoutMs};
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            PRAGMA temp_store = MEMORY;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -{StorageLimits.CacheKiB};
            PRAGMA wal_autocheckpoint = {StorageLimits.CheckpointPages};
            """);
}

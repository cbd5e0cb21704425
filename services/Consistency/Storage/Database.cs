using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Storage;

/// <summary>
/// A service's own SQLite database: one file, many readers, one writer (<see cref="WriteQueue{TDb}"/>).
/// Journal mode WAL, so that readers never wait for the writer. <c>synchronous=NORMAL</c>: a commit survives the death
/// of the process, kill -9 included; to survive a power cut as well, set <c>durability</c> to FULL (one fsync per group commit).
/// </summary>
public sealed class Database<TDb> : IDisposable
    where TDb : DbContext
{
    private readonly string connectionString;
    private readonly string pragmas;
    private readonly Func<DbContextOptions<TDb>, TDb> create;

    // Readers that are not in use: opening a file and setting its pragmas costs more than most queries.
    private readonly ConcurrentBag<TDb> readers = [];

    /// <summary>Names the file; nothing is opened yet.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="create">Makes a context.</param>
    /// <param name="durability"><c>NORMAL</c> or <c>FULL</c> (SQLite's synchronous pragma).</param>
    public Database(string path, Func<DbContextOptions<TDb>, TDb> create, string durability = "NORMAL")
    {
        if (durability is not ("NORMAL" or "FULL"))
        {
            throw new ArgumentException($"Durability '{durability}' is neither NORMAL nor FULL.", nameof(durability));
        }

        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            DefaultTimeout = Limits.BusyTimeoutMs / 1000,
            Pooling = false,
        }.ToString();
        pragmas = $"PRAGMA busy_timeout={Limits.BusyTimeoutMs}; PRAGMA journal_mode=WAL; PRAGMA synchronous={durability}; "
            + $"PRAGMA foreign_keys=ON; PRAGMA journal_size_limit={Limits.JournalBytesKept};";
        this.create = create;
    }

    /// <summary>Opens a connection of its own.</summary>
    public DbConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>A context on an open connection, which it does not own.</summary>
    public TDb On(DbConnection connection) =>
        create(new DbContextOptionsBuilder<TDb>().UseSqlite(connection).Options);

    /// <summary>Reads what is committed, without tracking; never waits for the writer.</summary>
    public T Read<T>(Func<TDb, T> query)
    {
        var db = readers.TryTake(out var idle) ? idle : OpenReader();
        try
        {
            return query(db);
        }
        finally
        {
            db.ChangeTracker.Clear();
            readers.Add(db);
        }
    }

    /// <summary>Reads the kernel's own tables.</summary>
    internal T ReadRows<T>(Func<DbConnection, T> query) => Read(db => query(db.Database.GetDbConnection()));

    /// <summary>
    /// Applies the steps that this file does not have yet, each in a transaction that takes the write lock first, so that
    /// two instances may start at once.
    /// </summary>
    public void ApplySchema(IReadOnlyList<SchemaStep> steps, TimeProvider time)
    {
        using var connection = (SqliteConnection)Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Run(transaction, "CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL)");
        foreach (var step in steps)
        {
            var isNew = connection.Run(
                transaction,
                "INSERT INTO schema_step VALUES (@name, @now) ON CONFLICT DO NOTHING",
                ("@name", step.Name),
                ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
            if (isNew == 1)
            {
                connection.Run(transaction, step.Sql);
            }
        }

        transaction.Commit();
    }

    /// <summary>Closes the readers that are not in use.</summary>
    public void Dispose()
    {
        while (readers.TryTake(out var db))
        {
            var connection = db.Database.GetDbConnection();
            db.Dispose();
            connection.Dispose();
        }
    }

    private TDb OpenReader()
    {
        var db = On(Open());
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return db;
    }
}

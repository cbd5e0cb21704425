using System.Collections.Concurrent;

namespace Sidecar.Storage;

/// <summary>
/// A SQLite file with one group-committing writer and pooled readers. All users of a file in this process share one instance,
/// because writers that compete through SQLite's file lock would wait for each other by sleeping.
/// </summary>
public sealed class SqliteDatabase : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, SqliteDatabase> OpenFiles = new(StringComparer.Ordinal);

    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SqliteWriter _writer;
    private int _users = 1;

    private SqliteDatabase(string path)
    {
        Path = path;
        _writer = new SqliteWriter(new SqliteSession(path));
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>
    /// Opens or creates the file (and its directory), or joins those who have it open already. Dispose as often as opened.
    /// </summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">Not a database, or not writable.</exception>
    public static SqliteDatabase Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        lock (Gate)
        {
            if (OpenFiles.TryGetValue(path, out var database))
            {
                database._users++;
                return database;
            }
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return OpenFiles[path] = new SqliteDatabase(path);
        }
    }

    /// <summary>
    /// Queues <paramref name="work"/> for the writer and completes once it is committed, so that its effect survives a kill of this
    /// process. It runs inside a transaction that it may share with other work; if it throws, its own changes are undone and the
    /// exception is thrown on here. It must be short and synchronous, and must not begin or end transactions.
    /// </summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The commit failed; nothing was stored.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(work, cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> at once on a reading connection, on the caller's thread; sees everything committed. Several
    /// statements do not form one snapshot. The session may not be kept.
    /// </summary>
    public T Read<T>(Func<SqliteSession, T> work)
    {
        if (!_readers.TryTake(out var session))
        {
            session = new SqliteSession(Path);
        }
        try
        {
            return work(session);
        }
        finally
        {
            if (_readers.Count < StorageLimits.IdleReadersMax)
            {
                _readers.Add(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }

    /// <summary>Leaves the database; the last one to leave commits what is queued and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (Gate)
        {
            if (--_users > 0)
            {
                return;
            }
            OpenFiles.Remove(Path);
        }
        await _writer.DisposeAsync();
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}

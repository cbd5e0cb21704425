using Microsoft.Data.Sqlite;
using Sidecar.Storage;

namespace Sidecar.Components.StateSqlite;

/// <summary>
/// <c>state.sqlite</c>: values in a SQLite file. A write that was acknowledged is committed, so it survives a kill of this process.
/// Expired values are invisible at once and removed from the file later.
/// </summary>
public sealed class SqliteStateStore : IStateStore
{
    // Removed per piece of work, so that a large clean-up does not hold up the writes behind it.
    private const int CleanupBatch = 1_000;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly ETagSource _etags = new();
    private readonly SqliteStateSql _sql;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _cleanup;

    private SqliteStateStore(SqliteDatabase database, SqliteStateOptions options, ComponentContext context)
    {
        _database = database;
        _time = context.Time;
        _sql = new SqliteStateSql(options.TableName);
        _log = context.Loggers.CreateLogger<SqliteStateStore>();
        _cleanup = options.CleanupInterval is { } interval ? CleanUpAsync(interval) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    /// <summary>Opens or creates the database that a component file asks for.</summary>
    /// <exception cref="Resources.ResourceException">The metadata is wrong, or the file cannot be used.</exception>
    public static async Task<IStateStore> CreateAsync(Resources.Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        var options = SqliteStateOptions.Read(component, context.DataDirectory);
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(options.Path);
            await database.WriteAsync(
                session =>
                {
                    session.Execute(new SqliteStateSql(options.TableName).Schema);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }
            throw new Resources.ResourceException(
                component.File, "spec.metadata.connectionString", $"'{options.Path}' cannot be opened: {exception.Message}",
                "Name a file in a directory that this process may write to");
        }
        return new SqliteStateStore(database, options, context);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StateItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        Task.FromResult(_database.Read(session => Get(session, keys)));

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            session =>
            {
                var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var write in writes)
                {
                    Write(session, write, now);
                }
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _cleanup;
        _stopping.Dispose();
        await _database.DisposeAsync();
    }

    private IReadOnlyList<StateItem> Get(SqliteSession session, IReadOnlyList<string> keys)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var select = session.Prepare(_sql.Select, "$key", "$now");
        select.Parameters[1].Value = now;
        var found = new List<StateItem>(keys.Count);
        foreach (var key in keys)
        {
            select.Parameters[0].Value = key;
            using var reader = select.ExecuteReader();
            if (reader.Read())
            {
                found.Add(new StateItem(
                    key,
                    reader.GetFieldValue<byte[]>(0),
                    ETagSource.Format(reader.GetInt64(1)),
                    reader.IsDBNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2))));
            }
        }
        return found;
    }

    private void Write(SqliteSession session, StateWrite write, long now)
    {
        if (write.ETag is not null || write.FirstWrite)
        {
            if (ETagSource.Refusal(write, CurrentETag(session, write.Key, now)) is { } refusal)
            {
                throw refusal;
            }
        }
        if (write.Value is not { } value)
        {
            var delete = session.Prepare(_sql.Delete, "$key");
            delete.Parameters[0].Value = write.Key;
            delete.ExecuteNonQuery();
            return;
        }
        var upsert = session.Prepare(_sql.Upsert, "$key", "$value", "$etag", "$expires_at");
        upsert.Parameters[0].Value = write.Key;
        upsert.Parameters[1].Value = AsArray(value);
        upsert.Parameters[2].Value = _etags.Next();
        upsert.Parameters[3].Value = write.TtlSeconds is > 0 and var seconds ? now + seconds * 1000L : DBNull.Value;
        upsert.ExecuteNonQuery();
    }

    // Nobody else writes between this read and the write that follows: the writer is the only one, and inside a transaction.
    private long? CurrentETag(SqliteSession session, string key, long now)
    {
        var select = session.Prepare(_sql.SelectETag, "$key", "$now");
        select.Parameters[0].Value = key;
        select.Parameters[1].Value = now;
        return (long?)select.ExecuteScalar();
    }

    private async Task CleanUpAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await RemoveExpiredAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task RemoveExpiredAsync()
    {
        try
        {
            while (await _database.WriteAsync(DeleteExpired, _stopping.Token) == CleanupBatch)
            {
                _stopping.Token.ThrowIfCancellationRequested();
            }
        }
        // A full disk now may be mended by the next time; the values stay invisible meanwhile.
        catch (SqliteException exception)
        {
            SqliteStateLog.CleanupFailed(_log, _database.Path, exception);
        }
    }

    private int DeleteExpired(SqliteSession session)
    {
        var delete = session.Prepare(_sql.DeleteExpired, "$now", "$limit");
        delete.Parameters[0].Value = _time.GetUtcNow().ToUnixTimeMilliseconds();
        delete.Parameters[1].Value = CleanupBatch;
        return delete.ExecuteNonQuery();
    }

    // The SQLite driver takes arrays only; the face hands over memory that spans a whole array.
    private static byte[] AsArray(ReadOnlyMemory<byte> value) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(value, out var segment)
            && segment is { Offset: 0, Array: { } array } && array.Length == segment.Count
            ? array
            : value.ToArray();
}

namespace Sidecar.Components.StateSqlite;

/// <summary>The statements of a state store, for its table.</summary>
/// <param name="table">An identifier, checked before.</param>
internal sealed class SqliteStateSql(string table)
{
    /// <summary>expires_at is in milliseconds since 1970; the index serves the removal of expired values only.</summary>
    public string Schema { get; } = $"""
        CREATE TABLE IF NOT EXISTS {table} (
            key TEXT NOT NULL PRIMARY KEY,
            value BLOB NOT NULL,
            etag INTEGER NOT NULL,
            expires_at INTEGER NULL);
        CREATE INDEX IF NOT EXISTS {table}_expires_at ON {table} (expires_at) WHERE expires_at IS NOT NULL;
        """;

    public string Select { get; } =
        $"SELECT value, etag, expires_at FROM {table} WHERE key = $key AND (expires_at IS NULL OR expires_at > $now)";

    public string SelectETag { get; } =
        $"SELECT etag FROM {table} WHERE key = $key AND (expires_at IS NULL OR expires_at > $now)";

    public string Upsert { get; } = $"""
        INSERT INTO {table} (key, value, etag, expires_at) VALUES ($key, $value, $etag, $expires_at)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, etag = excluded.etag, expires_at = excluded.expires_at
        """;

    public string Delete { get; } = $"DELETE FROM {table} WHERE key = $key";

    public string DeleteExpired { get; } =
        $"DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE expires_at <= $now LIMIT $limit)";
}

using Consistency.Storage;

namespace Consistency.Commands;

/// <summary>The answer to a command, stored so that a repetition gets the same one.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body, UTF-8 JSON.</param>
/// <param name="Location">Location header, or null.</param>
/// <param name="Version">Version of what was written, for the ETag header; null for none.</param>
/// <param name="ETag">Entity tag, where the version is no number; null for none.</param>
public sealed record CommandAnswer(int Status, byte[] Body, string? Location = null, long? Version = null, string? ETag = null);

/// <summary>The idempotency key was used before for another request (Idempotency-Key draft, section 2.7: answer 422).</summary>
public sealed class IdempotencyKeyReusedException(string key)
    : Exception($"Idempotency key '{key}' was used before with another request; use a new key for a new request.")
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>
/// Answers by idempotency key (IETF draft-ietf-httpapi-idempotency-key-header). The key is stored in the transaction of the
/// effect: either both are there or neither.
/// </summary>
public sealed class CommandLog
{
    private readonly StatementCache statements;

    internal CommandLog(StatementCache statements) => this.statements = statements;

    /// <summary>
    /// The stored answer, if this command was carried out before; otherwise carries it out and stores its answer. An exception
    /// stores nothing, so the client may try again with the same key.
    /// </summary>
    /// <param name="key">Operation and idempotency key.</param>
    /// <param name="requestHash">What the request was, to tell a repetition from a reuse.</param>
    /// <param name="now">Time of the command; kept for <see cref="Limits.CommandRetention"/>.</param>
    /// <param name="act">The command.</param>
    /// <exception cref="IdempotencyKeyReusedException">Same key, other request.</exception>
    public CommandAnswer Once(string key, string requestHash, DateTimeOffset now, Func<CommandAnswer> act)
    {
        if (Find(key, requestHash) is { } stored)
        {
            return stored;
        }

        var answer = act();
        statements.Run(
            """
            INSERT INTO command (key, request_hash, status, body, location, version, etag, created_at)
            VALUES (@key, @hash, @status, @body, @location, @version, @etag, @now)
            """,
            ("@key", key),
            ("@hash", requestHash),
            ("@status", answer.Status),
            ("@body", answer.Body),
            ("@location", answer.Location),
            ("@version", answer.Version),
            ("@etag", answer.ETag),
            ("@now", now.ToUnixTimeMilliseconds()));
        return answer;
    }

    private CommandAnswer? Find(string key, string requestHash)
    {
        using var reader = statements.Get(
            "SELECT request_hash, status, body, location, version, etag FROM command WHERE key = @key", ("@key", key)).ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        if (reader.GetString(0) != requestHash)
        {
            throw new IdempotencyKeyReusedException(key);
        }

        return new CommandAnswer(
            reader.GetInt32(1),
            (byte[])reader.GetValue(2),
            reader.IsDBNull(3) ? null : reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetInt64(4),
            reader.IsDBNull(5) ? null : reader.GetString(5));
    }
}

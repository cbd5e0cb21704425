namespace Sidecar.Components.Redis;

/// <summary>A command to Redis did not succeed.</summary>
internal abstract class RedisException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The server could not be reached, or the connection broke or was silent for too long before it answered: whether the command was carried
/// out is not known unless it says that nothing was sent.
/// </summary>
internal sealed class RedisUnavailableException(string message, Exception? inner = null) : RedisException(message, inner);

/// <summary>The server refused a command.</summary>
/// <param name="message">The server's words, beginning with the kind of the error: <c>ERR</c>, <c>NOGROUP</c>, <c>WRONGTYPE</c> ...</param>
internal sealed class RedisErrorException(string message) : RedisException(message)
{
    /// <summary>The kind of the error: the first word.</summary>
    public string Code { get; } = message.IndexOf(' ') is var space and > 0 ? message[..space] : message;
}

/// <summary>What came from the server is not RESP; the connection cannot be used any further.</summary>
internal sealed class RespFormatException(string message) : RedisException(message);

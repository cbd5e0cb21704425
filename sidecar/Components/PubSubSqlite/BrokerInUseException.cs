namespace Sidecar.Components.PubSubSqlite;

/// <summary>
/// Another broker has the file open. Two would give the same numbers to different topics and messages.
/// </summary>
public sealed class BrokerInUseException(string path) : IOException($"'{path}' is open in another broker")
{
    /// <summary>Full path of the broker's file.</summary>
    public string Path { get; } = path;
}

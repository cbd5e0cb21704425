namespace Sidecar.Components.StateSqlite;

/// <summary>Log messages of the SQLite state store.</summary>
internal static partial class SqliteStateLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired values could not be removed from {Path}; trying again at the next interval")]
    public static partial void CleanupFailed(ILogger logger, string path, Exception exception);
}

using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Syncing;

internal static partial class SyncingLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} does not answer; its changes are read once it does. {Reason}")]
    public static partial void OwnerAway(this ILogger logger, string source, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source} answers again.")]
    public static partial void OwnerBack(this ILogger logger, string source);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Source} was put back to an earlier state: its changes ({Lane}) are read again from where it knows them.")]
    public static partial void OwnerRewound(this ILogger logger, string source, string lane);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A change of {Source} ({Kind} {Key}) could not be applied and will be tried again: {Reason}")]
    public static partial void ChangeKept(this ILogger logger, string source, string kind, string key, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Synchronizing failed; it is tried again with the next tick.")]
    public static partial void SessionFailed(this ILogger logger, Exception error);
}

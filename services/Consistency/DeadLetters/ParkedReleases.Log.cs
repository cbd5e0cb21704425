using Microsoft.Extensions.Logging;

namespace Consistency.DeadLetters;

internal static partial class ParkedReleasesLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Parked messages whose turn has come could not be handled; the next round tries again.")]
    public static partial void ReleaseFailed(this ILogger logger, Exception error);
}

using Microsoft.Extensions.Logging;

namespace Consistency.Retention;

internal static partial class TrimmerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Old rows could not be removed; the next round tries again.")]
    public static partial void TrimFailed(this ILogger logger, Exception error);
}

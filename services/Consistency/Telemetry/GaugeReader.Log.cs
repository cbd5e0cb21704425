using Microsoft.Extensions.Logging;

namespace Consistency.Telemetry;

internal static partial class GaugeReaderLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The database cannot be read for metrics; scrapes are answered without it, and it is said here once")]
    public static partial void Unreadable(this ILogger logger, Exception exception);
}

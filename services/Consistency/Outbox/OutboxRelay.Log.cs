using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

internal static partial class OutboxRelayLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages wait in the outbox; next attempt in {PauseMs} ms. {Reason}")]
    public static partial void PublishFailed(this ILogger logger, double pauseMs, string reason);
}

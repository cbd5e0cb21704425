using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

internal static partial class RelayLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Messages wait in the outbox, channel {Channel}; next attempt in {PauseMs} ms. {Reason}")]
    public static partial void SendFailed(this ILogger logger, OutboxChannel channel, double pauseMs, string reason);
}

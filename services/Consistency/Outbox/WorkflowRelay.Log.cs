using Microsoft.Extensions.Logging;

namespace Consistency.Outbox;

internal static partial class WorkflowRelayLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A workflow message for {Subject} was not sent; next attempt in {PauseMs} ms. {Reason}")]
    public static partial void MessagePostponed(this ILogger logger, string subject, double pauseMs, string reason);
}

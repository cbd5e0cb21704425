using Microsoft.Extensions.Logging;

namespace ServiceDefaults.DeadLetters;

internal static partial class DeadLetterEndpointsLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Dead letter {Id} (message {MessageId}): {Result}. {Detail} {Released} parked behind it were handled.")]
    public static partial void LetterDecided(this ILogger logger, long id, string messageId, string result, string detail, long released);
}

using Microsoft.Extensions.Logging;

namespace ServiceDefaults.DeadLetters;

internal static partial class DeadLetterTopicsLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The dead letter in entry {EntryId} could not be kept and will be delivered again.")]
    public static partial void DeadLetterNotKept(this ILogger logger, Exception error, string entryId);
}

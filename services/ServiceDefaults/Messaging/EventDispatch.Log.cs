using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Messaging;

internal static partial class EventDispatchLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Event} in entry {EntryId} can never be handled and is a dead letter: {Problem}")]
    public static partial void NotAnEvent(this ILogger logger, string @event, string entryId, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Event} in entry {EntryId} came too early and will be delivered again: {Reason}")]
    public static partial void TooEarly(this ILogger logger, string @event, string entryId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Event} in entry {EntryId} failed and will be delivered again.")]
    public static partial void HandlingFailed(this ILogger logger, Exception error, string @event, string entryId);
}

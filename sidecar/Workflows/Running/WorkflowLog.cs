namespace Sidecar.Workflows.Running;

/// <summary>Log messages of the workflow engine.</summary>
internal static partial class WorkflowLog
{
    [LoggerMessage(Level = LogLevel.Error,
        Message = "Workflow '{Instance}': a change could not be stored; its callers were told and its state is read again")]
    public static partial void StoringFailed(ILogger logger, string instance, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow '{Instance}': an operation failed; its state is read again")]
    public static partial void OperationFailed(ILogger logger, string instance, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow '{Instance}' has failed because its worker's answer cannot be right: {Reason}")]
    public static partial void AnswerRefused(ILogger logger, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow '{Instance}' is stalled: {Reason}")]
    public static partial void Stalled(ILogger logger, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Workflow '{Instance}' has continued as new {Count} times without waiting for anything; its next run waits a little")]
    public static partial void ContinuesWithoutEnd(ILogger logger, string instance, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Workflow '{Instance}': {Event} from '{Source}' is dropped, for nobody waits for it")]
    public static partial void MessageDropped(ILogger logger, string instance, string @event, string? source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow '{Source}' started '{Instance}', which cannot be started: {Reason}")]
    public static partial void StartRefused(ILogger logger, string instance, string? source, string reason);

    [LoggerMessage(Level = LogLevel.Debug,
        Message = "Workflow '{Source}' sends event '{Event}' to '{Instance}'; daprd 1.18 cannot do this and would repeat the turn for ever")]
    public static partial void EventSent(ILogger logger, string instance, string? source, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "Finished workflows whose time has passed could not be looked for; they are in a while")]
    public static partial void RetentionFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Workflow '{Instance}': an answer that nobody waits for is ignored")]
    public static partial void AnswerIgnored(ILogger logger, string instance);
}

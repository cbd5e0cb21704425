using Microsoft.Extensions.Logging;
using Wire.Workflow;

namespace Dapr.Workflow.Worker;

internal sealed partial class WorkflowWorker
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The workflow worker takes work from {Endpoint}")]
    private partial void LogStart(string endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Endpoint} ended the stream of work items; the worker connects again")]
    private partial void LogEnded(string endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of work items from {Endpoint} broke ({Reason}); the worker connects again")]
    private partial void LogBroken(string endpoint, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Hello failed: {Reason}")]
    private partial void LogHelloFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A work item of a kind that this worker does not know is left to others")]
    private partial void LogUnknownItem();

    [LoggerMessage(Level = LogLevel.Error, Message = "A work item ({Kind}) could not be answered")]
    private partial void LogItemFailed(Exception exception, WorkItem.RequestOneofCase kind);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} work items are left unanswered; the sidecar gives them out again")]
    private partial void LogNotDrained(int count);
}

using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>Errors as the protocol carries them.</summary>
internal static class Failures
{
    /// <summary>What an exception becomes.</summary>
    public static Proto.TaskFailureDetails Of(Exception exception, string? message = null) => new()
    {
        ErrorType = exception.GetType().FullName ?? "Exception",
        ErrorMessage = message ?? exception.Message,
        StackTrace = exception.StackTrace ?? "",
    };

    /// <summary>An error of the worker's own, which code never threw.</summary>
    public static Proto.TaskFailureDetails Own(string errorType, string message) =>
        new() { ErrorType = errorType, ErrorMessage = message, StackTrace = "" };

    /// <summary>The end of an instance that failed and must not be tried again as it is.</summary>
    public static Proto.WorkflowAction Final(Proto.TaskFailureDetails details)
    {
        details.IsNonRetriable = true;
        return Failed(details);
    }

    /// <summary>The end of an instance that failed.</summary>
    public static Proto.WorkflowAction Failed(Proto.TaskFailureDetails details) => new()
    {
        CompleteWorkflow = new Proto.CompleteWorkflowAction
        {
            WorkflowStatus = Proto.OrchestrationStatus.Failed,
            FailureDetails = details,
        },
    };

    /// <summary>What code sees of it.</summary>
    public static WorkflowTaskFailureDetails Read(Proto.TaskFailureDetails? details, string defaultMessage) => new(
        details?.ErrorType ?? "Exception", details?.ErrorMessage ?? defaultMessage, details?.StackTrace ?? "");
}

using Dapr.Common.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proto = Wire.Workflow;
using EventType = Wire.Workflow.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>Answers turns: runs the workflow's code over the history, and says what it asks for anew or how it ended.</summary>
internal sealed partial class TurnExecutor(
    IWorkflowsFactory workflows,
    IServiceProvider services,
    IDaprSerializer serializer,
    ILoggerFactory loggers,
    TimeProvider time)
{
    private readonly ILogger logger = loggers.CreateLogger<TurnExecutor>();

    /// <summary>Answers a turn; whatever goes wrong is an answer too, so that the instance ends rather than hangs.</summary>
    /// <param name="request">The turn, with its whole history.</param>
    /// <param name="completionToken">Goes back with the answer.</param>
    public async Task<Proto.WorkflowResponse> RunAsync(Proto.WorkflowRequest request, string completionToken)
    {
        var response = new Proto.WorkflowResponse { InstanceId = request.InstanceId, CompletionToken = completionToken };
        try
        {
            if (IsTerminated(request))
            {
                response.Actions.Add(Terminated());
            }
            else if (Start(request) is { } start)
            {
                await RunAsync(request, start, response);
            }
            else
            {
                response.Actions.Add(Failures.Final(Failures.Own(
                    "WorkflowNameMissing", "Workflow name missing and no routable workflow could be resolved.")));
            }
        }
        catch (NonDeterminismException wrong)
        {
            LogNonDeterminism(wrong.Message);
            response.Actions.Clear();
            response.Actions.Add(Failures.Final(Failures.Own(NonDeterminismException.ErrorType, wrong.Message)));
        }
        catch (Exception failure)
        {
            LogTurnFailed(failure, request.InstanceId);
            response.Actions.Clear();
            response.Actions.Add(Failures.Failed(Failures.Of(failure)));
        }

        return response;
    }

    private static bool IsTerminated(Proto.WorkflowRequest request) =>
        request.NewEvents.Any(next => next.EventTypeCase == EventType.ExecutionTerminated)
        || request.PastEvents.Any(past => past.EventTypeCase == EventType.ExecutionTerminated);

    /// <summary>Without a result: what the caller of terminate gave as output is the sidecar's to keep.</summary>
    private static Proto.WorkflowAction Terminated() => new()
    {
        CompleteWorkflow = new Proto.CompleteWorkflowAction { WorkflowStatus = Proto.OrchestrationStatus.Terminated },
    };

    private static string? AppId(Proto.TaskRouter? router) => router switch
    {
        { TargetAppID: { Length: > 0 } target } => target,
        { SourceAppID: { Length: > 0 } source } => source,
        _ => null,
    };

    private TurnStart? Start(Proto.WorkflowRequest request)
    {
        var began = request.NewEvents.LastOrDefault(next => next.EventTypeCase == EventType.ExecutionStarted)
            ?? request.PastEvents.LastOrDefault(past => past.EventTypeCase == EventType.ExecutionStarted);
        var name = began?.ExecutionStarted.Name;
        if (string.IsNullOrEmpty(name))
        {
            name = request.NewEvents.Concat(request.PastEvents)
                .Select(next => next.WorkflowStarted?.Version?.Name)
                .FirstOrDefault(version => !string.IsNullOrEmpty(version));
        }

        return string.IsNullOrEmpty(name)
            ? null
            : new TurnStart(name, began?.ExecutionStarted.Input, AppId(began?.Router), Clock(request), began?.ExecutionStarted.ParentTraceContext);
    }

    /// <summary>As the code began: the first event's time, or that of the turn where it begins only now.</summary>
    private DateTime Clock(Proto.WorkflowRequest request)
    {
        var first = request.PastEvents.Count > 0
            ? request.PastEvents[0]
            : request.NewEvents.LastOrDefault(next => next.EventTypeCase == EventType.WorkflowStarted);
        return first?.Timestamp?.ToDateTime() ?? time.GetUtcNow().UtcDateTime;
    }

    private async Task RunAsync(Proto.WorkflowRequest request, TurnStart start, Proto.WorkflowResponse response)
    {
        using var trace = WorkTrace.StartTurn(start.Trace);
        await using var scope = services.CreateAsyncScope();
        if (!workflows.TryCreateWorkflow(start.Name, scope.ServiceProvider, out var workflow, out var unmade))
        {
            LogNoWorkflow(unmade, start.Name, request.InstanceId);
            response.Actions.Add(Failures.Final(unmade is null
                ? Failures.Own("WorkflowNotFound", $"Workflow '{start.Name}' is not registered in this app.")
                : Failures.Of(unmade, $"Workflow '{start.Name}' failed to activate: {unmade.Message}")));
            return;
        }

        var input = string.IsNullOrEmpty(start.Input) ? null : serializer.Deserialize(start.Input, workflow!.InputType);
        var context = new TurnContext(request, start, serializer, loggers);
        var result = context.Run(() => workflow!.RunAsync(context, input));
        response.CustomStatus = result.CustomStatus;
        response.Version = result.Version;
        response.Actions.AddRange(result.Actions);
        if (result.Ended is { IsCompleted: true } ended)
        {
            response.Actions.Add(await EndAsync(ended));
        }
    }

    private async Task<Proto.WorkflowAction> EndAsync(Task<object?> ended)
    {
        try
        {
            var output = await ended;
            return new Proto.WorkflowAction
            {
                CompleteWorkflow = new Proto.CompleteWorkflowAction
                {
                    WorkflowStatus = Proto.OrchestrationStatus.Completed,
                    Result = output is null ? "" : serializer.Serialize(output),
                },
            };
        }
        catch (Exception failure)
        {
            // Whatever the code throws is how the instance ends.
            return Failures.Final(Failures.Of(failure));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogNonDeterminism(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of workflow instance '{InstanceId}' failed; so does the instance")]
    private partial void LogTurnFailed(Exception exception, string instanceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflow '{Name}' is not registered or cannot be made; instance '{InstanceId}' fails")]
    private partial void LogNoWorkflow(Exception? exception, string name, string instanceId);
}

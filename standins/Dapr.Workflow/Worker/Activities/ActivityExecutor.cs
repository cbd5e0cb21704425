using Dapr.Common.Serialization;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Worker.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Activities;

/// <summary>Answers calls of activities, each in a scope of services of its own.</summary>
internal sealed partial class ActivityExecutor(
    IWorkflowsFactory activities, IServiceProvider services, IDaprSerializer serializer, ILogger<ActivityExecutor> logger)
{
    /// <summary>Answers a call; what the activity throws is its answer.</summary>
    /// <param name="request">The call.</param>
    /// <param name="completionToken">Goes back with the answer.</param>
    public async Task<Proto.ActivityResponse> RunAsync(Proto.ActivityRequest request, string completionToken)
    {
        var instanceId = request.WorkflowInstance?.InstanceId ?? "";
        var response = new Proto.ActivityResponse
        {
            InstanceId = instanceId,
            TaskId = request.TaskId,
            CompletionToken = completionToken,
        };
        using var trace = WorkTrace.StartActivity(request);
        try
        {
            await using var scope = services.CreateAsyncScope();
            if (activities.TryCreateActivity(request.Name, scope.ServiceProvider, out var activity, out var unmade))
            {
                var input = string.IsNullOrEmpty(request.Input) ? null : serializer.Deserialize(request.Input, activity!.InputType);
                var output = await activity!.RunAsync(new Context(request, instanceId), input);
                response.Result = output is null ? "" : serializer.Serialize(output);
            }
            else
            {
                LogNoActivity(unmade, request.Name, instanceId);
                trace.Fail();
                response.FailureDetails = unmade is null
                    ? Failures.Own("ActivityNotFoundException", $"Activity '{request.Name}' not found")
                    : Failures.Of(unmade, $"Activity '{request.Name}' failed to activate: {unmade.Message}");
            }
        }
        catch (Exception failure)
        {
            LogActivityFailed(failure, request.Name, instanceId, request.TaskId);
            trace.Fail();
            response.Result = null;
            response.FailureDetails = Failures.Of(failure);
        }

        return response;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Activity '{Name}' of instance '{InstanceId}' is not registered or cannot be made")]
    private partial void LogNoActivity(Exception? exception, string name, string instanceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity '{Name}' of instance '{InstanceId}' (number {TaskId}) failed")]
    private partial void LogActivityFailed(Exception exception, string name, string instanceId, int taskId);

    private sealed class Context(Proto.ActivityRequest request, string instanceId) : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier => new(request.Name);

        public override string TaskExecutionKey => request.TaskExecutionId is { Length: > 0 } id ? id : request.TaskId.ToString();

        public override string InstanceId => instanceId;
    }
}

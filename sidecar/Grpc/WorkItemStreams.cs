using Grpc.Core;
using Sidecar.Hosting;
using Sidecar.Workflows;
using Wire.Grpc;
using Wire.Workflow;

namespace Sidecar.Grpc;

/// <summary>
/// The streams on which workers get their work. A stream that ends, for whatever reason, gives its unanswered work to others at once.
/// </summary>
internal sealed partial class WorkItemStreams(AppRuntime runtime, CancellationToken stopping, ILogger logger)
{
    private readonly IWorkflowEngine _engine = runtime.Workflows;

    /// <summary>Sends work until the worker leaves, or the sidecar stops.</summary>
    public async Task ServeAsync(GrpcResponseStream<WorkItem> stream, GrpcCall call)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, stopping);
        using var session = _engine.Connect();
        LogConnected(logger, call.Metadata.UserAgent.ToString());
        try
        {
            while (await session.WaitAsync(either.Token))
            {
                await SendAsync(session, stream, either.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !call.Cancelled.IsCancellationRequested)
        {
            // Told below.
        }
        finally
        {
            LogDisconnected(logger);
        }

        throw new RpcException(new Status(StatusCode.Cancelled, "shutting down"));
    }

    // What is there goes out together; a worker that is slow to read leaves the rest to others.
    private async Task SendAsync(IWorkerSession session, GrpcResponseStream<WorkItem> stream, CancellationToken cancellationToken)
    {
        var items = 0;
        while (items < GrpcFaceLimits.FlushItemsMax && session.TryTake(out var item))
        {
            await PutAsync(stream, item, cancellationToken);
            items++;
        }

        if (items > 0)
        {
            await FlushAsync(stream, cancellationToken);
        }
    }

    private async Task PutAsync(GrpcResponseStream<WorkItem> stream, WorkItem item, CancellationToken cancellationToken)
    {
        try
        {
            stream.Write(item);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            if (item.ActivityRequest is not { } activity)
            {
                // The engine stalls an instance before its turns grow this large. Unsent, this one stays out until the worker reconnects.
                LogTurnTooLarge(logger, item.WorkflowRequest.InstanceId, e.Status.Detail);
                return;
            }

            // It would come back for ever, and take the worker's stream with it each time.
            LogActivityTooLarge(logger, activity.WorkflowInstance.InstanceId, activity.Name, e.Status.Detail);
            await _engine.CompleteActivityAsync(TooLarge(activity, e.Status.Detail), cancellationToken);
        }
    }

    private async Task FlushAsync(GrpcResponseStream<WorkItem> stream, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(GrpcFaceLimits.Send, runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await stream.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unknown, "timed out while sending work item: context deadline exceeded"));
        }
    }

    private static ActivityResponse TooLarge(ActivityRequest activity, string detail) => new()
    {
        InstanceId = activity.WorkflowInstance.InstanceId,
        TaskId = activity.TaskId,
        FailureDetails = new TaskFailureDetails
        {
            ErrorType = "WorkItemTooLarge",
            ErrorMessage = $"The activity '{activity.Name}' cannot be given to a worker: {detail}. Pass a reference instead of the data.",
            IsNonRetriable = true,
        },
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "workflow worker connected: {UserAgent}")]
    private static partial void LogConnected(ILogger logger, string userAgent);

    [LoggerMessage(Level = LogLevel.Information, Message = "workflow worker disconnected")]
    private static partial void LogDisconnected(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "workflow {InstanceId}: activity {Activity} fails: {Detail}")]
    private static partial void LogActivityTooLarge(ILogger logger, string instanceId, string activity, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "workflow {InstanceId}: its turn cannot be given to a worker: {Detail}")]
    private static partial void LogTurnTooLarge(ILogger logger, string instanceId, string detail);
}

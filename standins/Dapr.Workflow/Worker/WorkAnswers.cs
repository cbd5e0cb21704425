using Dapr.Workflow.Worker.Turns;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Wire.Grpc;
using Wire.Workflow;
using StatusCode = Grpc.Core.StatusCode;

namespace Dapr.Workflow.Worker;

/// <summary>
/// Brings answers to the sidecar. The sidecar takes the first answer to an item and ignores others, so an answer may be sent again when
/// it is not known whether it came. One that is too large for the sidecar is replaced by an error that says so: else nobody would
/// ever hear of it.
/// </summary>
internal sealed partial class WorkAnswers(SidecarConnection sidecar, TimeProvider time, ILogger<WorkAnswers> logger) : IDisposable
{
    private const string TooLarge = "ResultTooLarge";

    private readonly CancellationTokenSource stopped = new();

    /// <summary>Answers an activity, also after its stream has broken: on whichever connection, it saves a repetition.</summary>
    public async Task SendAsync(ActivityResponse answer, string name)
    {
        if (await SendAsync(TaskHub.CompleteActivityTask, answer, answer.InstanceId, stopped.Token))
        {
            return;
        }

        var problem = $"The result of activity '{name}' is too large for the sidecar: {answer.CalculateSize()} bytes.";
        var error = new ActivityResponse
        {
            InstanceId = answer.InstanceId,
            TaskId = answer.TaskId,
            CompletionToken = answer.CompletionToken,
            FailureDetails = Failures.Own(TooLarge, problem),
        };
        await SendAsync(TaskHub.CompleteActivityTask, error, answer.InstanceId, stopped.Token);
    }

    /// <summary>
    /// Answers a turn, while its stream lives: after that the sidecar may have given the turn out again with more events, and would
    /// take this answer for one to those.
    /// </summary>
    public async Task SendAsync(WorkflowResponse answer, CancellationToken stream)
    {
        if (await SendAsync(TaskHub.CompleteOrchestratorTask, answer, answer.InstanceId, stream))
        {
            return;
        }

        var problem = $"What the workflow asks for in one turn is too large for the sidecar: {answer.CalculateSize()} bytes.";
        var error = new WorkflowResponse
        {
            InstanceId = answer.InstanceId,
            CompletionToken = answer.CompletionToken,
            Actions = { Failures.Final(Failures.Own(TooLarge, problem)) },
        };
        await SendAsync(TaskHub.CompleteOrchestratorTask, error, answer.InstanceId, stream);
    }

    /// <summary>Gives up what is under way.</summary>
    public void Stop() => stopped.Cancel();

    /// <inheritdoc />
    public void Dispose() => stopped.Dispose();

    /// <summary>False where the answer is too large; all other errors are logged, then the item stays the sidecar's.</summary>
    private async Task<bool> SendAsync<T>(
        GrpcMethod<T, CompleteTaskResponse> method, T answer, string instanceId, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var delay = WorkerLimits.AnswerDelayFirst;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await sidecar.Channel.CallAsync(method, answer, cancellationToken);
                return true;
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
            {
                LogTooLarge(instanceId, answer.CalculateSize(), refused.Status.Detail);
                return false;
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                return true;
            }
            catch (RpcException failed)
            {
                if (attempt == WorkerLimits.AnswersMax || !MayPass(failed.StatusCode))
                {
                    LogNotTaken(instanceId, failed.StatusCode, failed.Status.Detail);
                    return true;
                }
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay *= 2;
        }
    }

    private static bool MayPass(StatusCode status) =>
        status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted;

    [LoggerMessage(Level = LogLevel.Error, Message = "An answer for instance '{InstanceId}' of {Bytes} bytes is refused: {Reason}")]
    private partial void LogTooLarge(string instanceId, int bytes, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An answer for instance '{InstanceId}' is not taken ({Status}: {Reason})")]
    private partial void LogNotTaken(string instanceId, StatusCode status, string reason);
}

using Google.Protobuf;
using Grpc.Core;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>
/// A worker in a hundred lines, as old as the protocol allows: it answers turns by the deprecated CompleteOrchestratorTask, echoes no
/// tokens, names no task executions, and sends fields that nobody knows.
/// </summary>
internal sealed class HandWorker : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _reading;

    public HandWorker(GrpcChannel channel)
    {
        _channel = channel;
        _reading = ReadAsync();
    }

    /// <summary>Activities by name.</summary>
    public static IReadOnlyDictionary<string, Func<ActivityRequest, ActivityResponse>> Activities { get; } =
        new Dictionary<string, Func<ActivityRequest, ActivityResponse>>(StringComparer.Ordinal)
        {
            ["hello"] = static request => new ActivityResponse { Result = $"\"Hello, {request.Input.Trim('"')}!\"" },
            ["third"] = static _ => new ActivityResponse { Result = "\"ok at attempt 3\"" },
            ["boom"] = static _ => new ActivityResponse
            {
                FailureDetails = new TaskFailureDetails { ErrorType = "*errors.errorString", ErrorMessage = "activity boom" },
            },
        };

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _reading;
        _leaving.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var item in _channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), _leaving.Token))
            {
                await (item.ActivityRequest is { } activity ? AnswerAsync(activity) : AnswerAsync(item.WorkflowRequest));
            }
        }
        catch (RpcException) when (_leaving.IsCancellationRequested)
        {
            // Left.
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Cancelled or StatusCode.Unavailable)
        {
            // The sidecar has stopped.
        }
    }

    private async Task AnswerAsync(ActivityRequest request)
    {
        var response = Activities.TryGetValue(request.Name, out var run)
            ? run(request)
            : new ActivityResponse { FailureDetails = new() { ErrorType = "NotFound", ErrorMessage = $"no activity {request.Name}" } };
        response.InstanceId = request.WorkflowInstance.InstanceId;
        response.TaskId = request.TaskId;
        await _channel.CallAsync(TaskHub.CompleteActivityTask, OfAnotherVersion(response), _leaving.Token);
    }

    private async Task AnswerAsync(WorkflowRequest request)
    {
        var turn = new Turn(request);
        HandWorkflows.Run(turn);
        await _channel.CallAsync(TaskHub.CompleteOrchestratorTask, OfAnotherVersion(turn.Response), _leaving.Token);
    }

    // Field 900 with a text: a reader must keep its hands off what it does not know.
    private static T OfAnotherVersion<T>(T message)
        where T : class, IMessage<T>
    {
        using var bytes = new MemoryStream();
        message.WriteTo(bytes);
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(900, WireFormat.WireType.LengthDelimited);
            output.WriteString("what is this?");
        }
        return (T)message.Descriptor.Parser.ParseFrom(bytes.ToArray());
    }
}

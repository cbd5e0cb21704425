using System.Diagnostics;
using Dapr.Common.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Wire.Grpc;
using Proto = Wire.Workflow;

namespace Dapr.Workflow.Client;

/// <summary>The calls of a client, in the protocol's terms.</summary>
/// <param name="channel">Makes the calls.</param>
/// <param name="serializer">Writes and reads payloads.</param>
/// <param name="timeout">How long a call may take, waits for an instance excepted; zero for ever.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of waits that are repeated.</param>
internal sealed partial class WorkflowCalls(
    GrpcChannel channel, IDaprSerializer serializer, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan WaitDelayFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WaitDelayMax = TimeSpan.FromSeconds(15);

    public async Task<string> StartAsync(
        string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation)
    {
        var request = new Proto.CreateInstanceRequest
        {
            InstanceId = instanceId ?? NewInstanceId(),
            Name = name,
            Input = Text(input),
            ScheduledStartTimestamp = startTime is { } start ? Timestamp.FromDateTimeOffset(start) : null,
            ParentTraceContext = CurrentTrace(),
        };
        return (await CallAsync(Proto.TaskHub.StartInstance, request, cancellation)).InstanceId;
    }

    /// <summary>Null where there is no such instance.</summary>
    public async Task<InstanceState?> GetAsync(string instanceId, bool payloads, CancellationToken cancellation)
    {
        var request = new Proto.GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = payloads };
        try
        {
            return State(await CallAsync(Proto.TaskHub.GetInstance, request, cancellation));
        }
        catch (RpcException unknown) when (unknown.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Waits for an instance, through breaks of the connection: the wait is asked for again after UNAVAILABLE and DEADLINE_EXCEEDED.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such instance.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<InstanceState> WaitAsync(
        GrpcMethod<Proto.GetInstanceRequest, Proto.GetInstanceResponse> method,
        string instanceId,
        bool payloads,
        CancellationToken cancellation)
    {
        var request = new Proto.GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = payloads };
        for (var delay = WaitDelayFirst; ; delay = delay * 2 < WaitDelayMax ? delay * 2 : WaitDelayMax)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return State(await channel.CallAsync(method, request, cancellation))
                    ?? throw new InvalidOperationException($"Workflow instance '{instanceId}' does not exist");
            }
            catch (RpcException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (RpcException passing) when (passing.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            {
                LogWaitAgain(instanceId, passing.StatusCode, delay);
            }

            await Task.Delay(delay, time, cancellation);
        }
    }

    public Task RaiseAsync(string instanceId, string name, object? payload, CancellationToken cancellation) => CallAsync(
        Proto.TaskHub.RaiseEvent,
        new Proto.RaiseEventRequest { InstanceId = instanceId, Name = name, Input = Text(payload) },
        cancellation);

    public Task TerminateAsync(string instanceId, object? output, CancellationToken cancellation) => CallAsync(
        Proto.TaskHub.TerminateInstance,
        new Proto.TerminateRequest { InstanceId = instanceId, Output = Text(output), Recursive = true },
        cancellation);

    public Task SuspendAsync(string instanceId, string? reason, CancellationToken cancellation) => CallAsync(
        Proto.TaskHub.SuspendInstance,
        new Proto.SuspendRequest { InstanceId = instanceId, Reason = reason ?? "" },
        cancellation);

    public Task ResumeAsync(string instanceId, string? reason, CancellationToken cancellation) => CallAsync(
        Proto.TaskHub.ResumeInstance,
        new Proto.ResumeRequest { InstanceId = instanceId, Reason = reason ?? "" },
        cancellation);

    /// <summary>True where something was deleted.</summary>
    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation)
    {
        var request = new Proto.PurgeInstancesRequest { InstanceId = instanceId, Recursive = true };
        return (await CallAsync(Proto.TaskHub.PurgeInstances, request, cancellation)).DeletedInstanceCount > 0;
    }

    public async Task<WorkflowInstancePage> ListAsync(string? continuationToken, int? pageSize, CancellationToken cancellation)
    {
        var request = new Proto.ListInstanceIDsRequest();
        if (continuationToken is not null)
        {
            request.ContinuationToken = continuationToken;
        }

        if (pageSize is { } size)
        {
            request.PageSize = (uint)size;
        }

        var page = await CallAsync(Proto.TaskHub.ListInstanceIds, request, cancellation);
        return new WorkflowInstancePage([.. page.InstanceIds], page.HasContinuationToken ? page.ContinuationToken : null);
    }

    public async Task<IReadOnlyList<WorkflowHistoryEvent>> HistoryAsync(string instanceId, CancellationToken cancellation)
    {
        var request = new Proto.GetInstanceHistoryRequest { InstanceId = instanceId };
        var history = await CallAsync(Proto.TaskHub.GetInstanceHistory, request, cancellation);
        return [.. history.Events.Select(ProtocolTerms.Event)];
    }

    public async Task<string> RerunAsync(
        string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options, CancellationToken cancellation)
    {
        var request = new Proto.RerunWorkflowFromEventRequest
        {
            SourceInstanceID = sourceInstanceId,
            EventID = eventId,
            OverwriteInput = options?.OverwriteInput ?? false,
            Input = options is { OverwriteInput: true } ? Text(options.Input) : null,
        };
        if (options?.NewInstanceId is { } newInstanceId)
        {
            request.NewInstanceID = newInstanceId;
        }

        return (await CallAsync(Proto.TaskHub.RerunWorkflowFromEvent, request, cancellation)).NewInstanceID;
    }

#pragma warning disable RS0030 // The official client gives random ids; callers that want their own pass them.
    private static string NewInstanceId() => Guid.NewGuid().ToString();
#pragma warning restore RS0030

    private static Proto.TraceContext? CurrentTrace() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current
            ? new Proto.TraceContext
            {
                TraceParent = id,
                TraceState = string.IsNullOrEmpty(current.TraceStateString) ? null : current.TraceStateString,
            }
            : null;

    private string Text(object? value) => value is null ? "" : serializer.Serialize(value);

    private InstanceState? State(Proto.GetInstanceResponse answer) =>
        answer.Exists ? ProtocolTerms.State(answer.WorkflowState, serializer) : null;

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        if (timeout <= TimeSpan.Zero)
        {
            return await channel.CallAsync(method, request, cancellation);
        }

        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await channel.CallAsync(method, request, either.Token);
        }
        catch (RpcException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"{method.Path} took longer than {timeout.TotalSeconds} s."));
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The wait for instance '{InstanceId}' ended with {Status}; it goes on in {Delay}")]
    private partial void LogWaitAgain(string instanceId, StatusCode status, TimeSpan delay);
}

using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;
using Sidecar.Workflows;
using Wire.Grpc;
using Wire.Workflow;
using TraceContext = Sidecar.Telemetry.TraceContext;

namespace Sidecar.Grpc;

/// <summary>The workflow protocol's service over one app's engine: requests and answers are the engine's own.</summary>
/// <param name="runtime">The app's.</param>
/// <param name="stopping">Cancelled when the sidecar stops: streams and waits end then, so that the server can.</param>
/// <param name="logger">Log.</param>
internal sealed class TaskHubService(AppRuntime runtime, CancellationToken stopping, ILogger logger)
{
    private readonly IWorkflowEngine _engine = runtime.Workflows;

    /// <summary>Serves all methods.</summary>
    public void MapTo(GrpcServer server)
    {
        server.Map(TaskHub.Hello, static (_, _) => Task.FromResult(new Empty()));
        MapClientCalls(server);
        MapWorkerCalls(server);
    }

    private void MapClientCalls(GrpcServer server)
    {
        server.Map(TaskHub.StartInstance, (request, call) => RunAsync(
            call,
            async token => new CreateInstanceResponse { InstanceId = await _engine.StartAsync(request, token) },
            TaskHubErrors.Start,
            trace => request.ParentTraceContext ??= WorkflowApi.ContextOf(trace)));
        server.Map(TaskHub.GetInstance, (request, call) => RunAsync(
            call, _ => Task.FromResult(_engine.Get(request)), TaskHubErrors.Plain));
        server.Map(TaskHub.WaitForInstanceStart, (request, call) => RunAsync(
            call, token => _engine.WaitForStartAsync(request, token), TaskHubErrors.Plain));
        server.Map(TaskHub.WaitForInstanceCompletion, (request, call) => RunAsync(
            call, token => _engine.WaitForCompletionAsync(request, token), TaskHubErrors.Plain));
        server.Map(TaskHub.RaiseEvent, (request, call) => RunAsync(
            call, token => _engine.RaiseEventAsync(request, token), new RaiseEventResponse(), TaskHubErrors.Plain));
        server.Map(TaskHub.TerminateInstance, (request, call) => RunAsync(
            call,
            token => _engine.TerminateAsync(request, token),
            new TerminateResponse(),
            static e => TaskHubErrors.Prefixed(e, "failed to submit termination request: ")));
        server.Map(TaskHub.SuspendInstance, (request, call) => RunAsync(
            call, token => _engine.SuspendAsync(request, token), new SuspendResponse(), TaskHubErrors.Plain));
        server.Map(TaskHub.ResumeInstance, (request, call) => RunAsync(
            call, token => _engine.ResumeAsync(request, token), new ResumeResponse(), TaskHubErrors.Plain));
        server.Map(TaskHub.PurgeInstances, (request, call) => RunAsync(
            call, token => _engine.PurgeAsync(request, token), PurgeRefusal));
        server.Map(TaskHub.RerunWorkflowFromEvent, (request, call) => RunAsync(
            call,
            async token => new RerunWorkflowFromEventResponse { NewInstanceID = await _engine.RerunAsync(request, token) },
            TaskHubErrors.Coded));
        server.Map(TaskHub.ListInstanceIds, (request, call) => RunAsync(
            call, _ => Task.FromResult(_engine.List(request)), TaskHubErrors.Plain));
        server.Map(TaskHub.GetInstanceHistory, (request, call) => RunAsync(
            call, _ => Task.FromResult(_engine.History(request.InstanceId)), TaskHubErrors.Coded));
    }

    private void MapWorkerCalls(GrpcServer server)
    {
        var workers = new WorkItemStreams(runtime, stopping, logger);
        server.MapStream(TaskHub.GetWorkItems, (_, stream, call) => workers.ServeAsync(stream, call));
        server.Map(TaskHub.CompleteActivityTask, (request, call) => RunAsync(
            call, token => _engine.CompleteActivityAsync(request, token), new CompleteTaskResponse(), TaskHubErrors.Plain));
        // Two names of one method: the SDKs of today use the older one.
        foreach (var method in new[] { TaskHub.CompleteOrchestratorTask, TaskHub.CompleteWorkflowTask })
        {
            server.Map(method, (request, call) => RunAsync(
                call, token => _engine.CompleteTurnAsync(request, token), new CompleteTaskResponse(), TaskHubErrors.Plain));
        }
    }

    // A purge by filter is not made for, and Dapr says that without its usual words before it.
    private static RpcException PurgeRefusal(WorkflowException e) =>
        e.Error == WorkflowError.InvalidArgument ? TaskHubErrors.Plain(e) : TaskHubErrors.Prefixed(e, "failed to purge workflow state: ");

    private Task<T> RunAsync<T>(GrpcCall call, Func<CancellationToken, Task> act, T answer, Func<WorkflowException, RpcException> refusal) =>
        RunAsync(
            call,
            async token =>
            {
                await act(token);
                return answer;
            },
            refusal);

    // A client that does not say what its instance is part of has said it in the call's own metadata.
    private Task<T> RunAsync<T>(
        GrpcCall call, Func<CancellationToken, Task<T>> act, Func<WorkflowException, RpcException> refusal, Action<TraceContext>? begin = null)
    {
        if (!runtime.Telemetry.Tracer.IsOn && begin is null)
        {
            return ServeAsync(call, act, refusal);
        }
        var trace = GrpcTrace.Of(call.Metadata, runtime.TracingSamplingRate);
        begin?.Invoke(trace);
        return GrpcSpan.Start(runtime.Telemetry.Tracer, call.Path, trace) is { } span
            ? GrpcSpan.RunAsync(span, call.Path, request: null, call.Metadata, () => ServeAsync(call, act, refusal))
            : ServeAsync(call, act, refusal);
    }

    private async Task<T> ServeAsync<T>(GrpcCall call, Func<CancellationToken, Task<T>> act, Func<WorkflowException, RpcException> refusal)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, stopping);
        try
        {
            return await act(either.Token);
        }
        catch (WorkflowException e)
        {
            throw refusal(e);
        }
        catch (OperationCanceledException) when (call.Cancelled.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "context canceled"));
        }
    }
}

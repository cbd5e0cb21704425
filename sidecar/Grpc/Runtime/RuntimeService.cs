using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Sidecar.Hosting;
using Sidecar.PubSub;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;
using Wire.Grpc;
using Wire.Runtime;

namespace Sidecar.Grpc.Runtime;

/// <summary>
/// Dapr's runtime service, <c>dapr.proto.runtime.v1.Dapr</c>: a thin face of the building blocks that the HTTP API is the other face of.
/// </summary>
/// <param name="runtime">The app's.</param>
/// <param name="publisher">The app's.</param>
/// <param name="stopping">Cancelled when the sidecar stops: calls that wait end then, so that the server can.</param>
internal sealed class RuntimeService(AppRuntime runtime, IPublisher publisher, CancellationToken stopping)
{
    private readonly StateCalls _state = new(runtime);
    private readonly PublishCalls _publish = new(runtime, publisher);
    private readonly InvokeCalls _invoke = new(runtime);
    private readonly WorkflowCalls _workflows = new(runtime);

    /// <summary>Serves all methods.</summary>
    public void MapTo(GrpcServer server)
    {
        Map(server, DaprRuntime.InvokeService, _invoke.InvokeAsync);
        Map(server, DaprRuntime.InvokeBinding, static (request, _, _) => InvokeCalls.InvokeBinding(request));
        MapState(server);
        Map(server, DaprRuntime.PublishEvent, (request, _, trace) => _publish.PublishAsync(request, trace));
        // Two names of one method: the JavaScript SDK uses the older one.
        foreach (var method in new[] { DaprRuntime.BulkPublishEvent, DaprRuntime.BulkPublishEventAlpha1 })
        {
            Map(server, method, (request, _, trace) => _publish.BulkPublishAsync(request, method.Path, trace));
        }
        Map(server, DaprRuntime.GetMetadata, (_, _, _) => Task.FromResult(RuntimeMetadata.Of(runtime)));
        Map(server, DaprRuntime.SetMetadata, (request, _, _) =>
        {
            runtime.ExtendedMetadata[request.Key] = request.Value;
            return Task.FromResult(new Empty());
        });
        Map(server, DaprRuntime.Shutdown, (_, call, _) =>
        {
            call.OnAnswered(runtime.RequestShutdown);
            return Task.FromResult(new Empty());
        });
        foreach (var version in DaprRuntime.WorkflowVersions)
        {
            MapWorkflows(server, version);
        }
    }

    private void MapState(GrpcServer server)
    {
        Map(server, DaprRuntime.GetState, (request, _, _) => _state.GetAsync(request));
        Map(server, DaprRuntime.GetBulkState, (request, _, _) => _state.GetBulkAsync(request));
        Map(server, DaprRuntime.SaveState, (request, _, _) => _state.SaveAsync(request));
        Map(server, DaprRuntime.DeleteState, (request, _, _) => _state.DeleteAsync(request));
        Map(server, DaprRuntime.DeleteBulkState, (request, _, _) => _state.DeleteBulkAsync(request));
        Map(server, DaprRuntime.ExecuteStateTransaction, (request, _, _) => _state.TransactAsync(request));
        Map(server, DaprRuntime.QueryStateAlpha1, (request, _, _) => _state.Query(request));
    }

    private void MapWorkflows(GrpcServer server, string version)
    {
        MapWaiting(server, DaprRuntime.StartWorkflow(version), _workflows.StartAsync);
        MapWaiting(server, DaprRuntime.GetWorkflow(version), (request, _, _) => Task.FromResult(_workflows.Get(request)));
        MapWaiting(server, DaprRuntime.TerminateWorkflow(version), (request, _, token) => _workflows.TerminateAsync(request, token));
        MapWaiting(server, DaprRuntime.PauseWorkflow(version), (request, _, token) => _workflows.PauseAsync(request, token));
        MapWaiting(server, DaprRuntime.ResumeWorkflow(version), (request, _, token) => _workflows.ResumeAsync(request, token));
        MapWaiting(server, DaprRuntime.PurgeWorkflow(version), (request, _, token) => _workflows.PurgeAsync(request, token));
        MapWaiting(server, DaprRuntime.RaiseEventWorkflow(version), (request, _, token) => _workflows.RaiseEventAsync(request, token));
    }

    // Every answer carries the trace context that the call ran under, as Dapr's do.
    private void Map<TRequest, TResponse>(
        GrpcServer server, GrpcMethod<TRequest, TResponse> method, Func<TRequest, GrpcCall, TraceContext, Task<TResponse>> serve)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        server.Map(method, (request, call) =>
        {
            var trace = GrpcTrace.Of(call.Metadata, runtime.TracingSamplingRate);
            call.ResponseMetadata[GrpcTrace.BinaryName] = GrpcTrace.Encode(trace);
            return GrpcSpan.Start(runtime.Telemetry.Tracer, method.Path, trace) is { } span
                ? GrpcSpan.RunAsync(span, method.Path, request, call.Metadata, () => serve(request, call, trace))
                : serve(request, call, trace);
        });

    // For calls that may wait for a workflow's worker.
    private void MapWaiting<TRequest, TResponse>(
        GrpcServer server, GrpcMethod<TRequest, TResponse> method, Func<TRequest, TraceContext, CancellationToken, Task<TResponse>> serve)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        Map(server, method, async (request, call, trace) =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, stopping);
            try
            {
                return await serve(request, trace, either.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested && !call.Cancelled.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Cancelled, "context canceled"));
            }
        });
}

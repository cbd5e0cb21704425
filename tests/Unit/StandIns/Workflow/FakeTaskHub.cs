using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>
/// A sidecar's workflow service on a real socket: gives work items to whoever is connected, keeps the answers, and ends streams or
/// refuses calls as the test says.
/// </summary>
internal sealed class FakeTaskHub : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<WorkItem> work = Channel.CreateUnbounded<WorkItem>();
    private readonly ConcurrentDictionary<string, Func<IMessage, IMessage>> replies = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Method, IMessage Request)> calls = new();
    private volatile CancellationTokenSource streams = new();
    private int streamsOpened;

    private FakeTaskHub(WebApplication app) => this.app = app;

    public string Endpoint => app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    public int Port => new Uri(Endpoint).Port;

    public int StreamsOpened => streamsOpened;

    /// <summary>Headers of the last call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public static async Task<FakeTaskHub> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        var hub = new FakeTaskHub(builder.Build());
        hub.app.Run(hub.Serve().HandleAsync);
        await hub.app.StartAsync();
        return hub;
    }

    /// <summary>Requests of a kind, in their order.</summary>
    public IReadOnlyList<T> Requests<T>(string method)
        where T : IMessage => [.. calls.Where(call => call.Method == method).Select(call => (T)call.Request)];

    public IReadOnlyList<ActivityResponse> ActivityAnswers => Requests<ActivityResponse>("CompleteActivityTask");

    public IReadOnlyList<WorkflowResponse> TurnAnswers => Requests<WorkflowResponse>("CompleteOrchestratorTask");

    public void Give(WorkItem item) => work.Writer.TryWrite(item);

    public void GiveActivity(string name, int taskId = 0, object? input = null) => Give(new WorkItem
    {
        ActivityRequest = new()
        {
            Name = name,
            TaskId = taskId,
            TaskExecutionId = $"key-{taskId}",
            Input = System.Text.Json.JsonSerializer.Serialize(input),
            WorkflowInstance = new() { InstanceId = "one" },
        },
        CompletionToken = $"token-{taskId}",
    });

    /// <summary>Ends the open streams: with a status, or as a connection that breaks.</summary>
    public void EndStreams()
    {
        var ended = streams;
        streams = new CancellationTokenSource();
        ended.Cancel();
    }

    /// <summary>How a method answers from now on; by default with an empty message.</summary>
    public void On<TRequest>(string method, Func<TRequest, IMessage> reply)
        where TRequest : IMessage => replies[method] = request => reply((TRequest)request);

    /// <summary>A method fails, so many times.</summary>
    public void Refuse(string method, StatusCode status, int times = int.MaxValue)
    {
        var left = times;
        replies[method] = _ => Interlocked.Decrement(ref left) >= 0
            ? throw new RpcException(new Status(status, "refused by the test"))
            : null!;
    }

    /// <summary>Runs on every opened stream, before any item; throws to refuse it.</summary>
    public Action<int> OnStream { get; set; } = _ => { };

    public async ValueTask DisposeAsync()
    {
        EndStreams();
        await app.DisposeAsync();
    }

    private GrpcServer Serve()
    {
        var server = new GrpcServer(NullLogger.Instance)
        {
            Authorize = http => Headers = http.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        };
        server.MapStream(TaskHub.GetWorkItems, async (_, items, call) =>
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, streams.Token);
            OnStream(Interlocked.Increment(ref streamsOpened));
            try
            {
                await foreach (var item in work.Reader.ReadAllAsync(ended.Token))
                {
                    items.Write(item);
                    await items.FlushAsync();
                }
            }
            catch (OperationCanceledException) when (!call.Cancelled.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Cancelled, "shutting down"));
            }
        });
        Map(server, TaskHub.Hello, new Empty());
        Map(server, TaskHub.CompleteActivityTask, new CompleteTaskResponse());
        Map(server, TaskHub.CompleteOrchestratorTask, new CompleteTaskResponse());
        Map(server, TaskHub.StartInstance, new CreateInstanceResponse());
        Map(server, TaskHub.GetInstance, new GetInstanceResponse());
        Map(server, TaskHub.WaitForInstanceStart, new GetInstanceResponse());
        Map(server, TaskHub.WaitForInstanceCompletion, new GetInstanceResponse());
        Map(server, TaskHub.RaiseEvent, new RaiseEventResponse());
        Map(server, TaskHub.TerminateInstance, new TerminateResponse());
        Map(server, TaskHub.SuspendInstance, new SuspendResponse());
        Map(server, TaskHub.ResumeInstance, new ResumeResponse());
        Map(server, TaskHub.PurgeInstances, new PurgeInstancesResponse());
        Map(server, TaskHub.ListInstanceIds, new ListInstanceIDsResponse());
        Map(server, TaskHub.GetInstanceHistory, new GetInstanceHistoryResponse());
        Map(server, TaskHub.RerunWorkflowFromEvent, new RerunWorkflowFromEventResponse());
        return server;
    }

    private void Map<TRequest, TResponse>(GrpcServer server, GrpcMethod<TRequest, TResponse> method, TResponse usual)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var name = method.Path[(method.Path.LastIndexOf('/') + 1)..];
        server.Map(method, (request, _) =>
        {
            calls.Enqueue((name, request));
            var reply = replies.TryGetValue(name, out var answer) ? answer(request) : null;
            return Task.FromResult((TResponse?)reply ?? usual);
        });
    }
}

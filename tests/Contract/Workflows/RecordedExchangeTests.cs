using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Tests.Contract.Hosting;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>
/// Plays what was recorded between official workers and clients and a real daprd: a test worker gives the recorded answers and the
/// clients' calls come as they came, while every work item and every reply must be the recorded one, field by field. Left out are times,
/// execution ids (which must still be the same wherever they were the same) and completion tokens, which daprd does not use.
/// </summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed class RecordedExchangeTests(DaprFixture dapr)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. Recording.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task work_items_and_replies_are_the_recorded_ones(string name)
    {
        dapr.Embedded("the recording's clock is moved by hand");
        var recording = Recording.Read(name);
        var clock = new FakeTimeProvider(recording.Start);
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Time = clock });
        using var leaving = new CancellationTokenSource();
        var worker = new RecordedWorker(sidecar.Grpc, leaving.Token);
        await Eventually.HoldsAsync(() => sidecar.Runtime.Workflows.ConnectedWorkers == 1);
        var calls = new Dictionary<string, Task<IMessage>>(StringComparer.Ordinal);
        var same = new SameMessages();
        var parts = new TurnsInParts(worker, response => sidecar.Grpc.CallAsync(TaskHub.CompleteOrchestratorTask, response));

        foreach (var step in recording.Steps)
        {
            var time = recording.Start.AddMilliseconds((int)step["at"]!);
            if (time > clock.GetUtcNow())
            {
                clock.SetUtcNow(time);
            }
            if (step["call"] is { } call)
            {
                calls[(string)step["id"]!] = CallAsync(sidecar.Grpc, (string)call!, step["request"]!.ToJsonString());
            }
            else if (step["answer"] is { } answer)
            {
                await CallAsync(sidecar.Grpc, (string)answer!, step["request"]!.ToJsonString()).WaitAsync(Patience, TimeProvider.System);
            }
            else if (step["reply"] is { } reply)
            {
                await CheckReplyAsync(calls[(string)reply!], step, same);
            }
            else
            {
                var expected = WorkItem.Parser.ParseJson(recording.WorkItem(step));
                same.Check(expected, await parts.TakeAsync(expected), $"{step["at"]} ms: {step.ToJsonString()}");
            }
        }

        worker.Left.ShouldBe([]);
        await leaving.CancelAsync();
    }

    private static async Task CheckReplyAsync(Task<IMessage> call, JsonNode step, SameMessages same)
    {
        var where = $"{step["at"]} ms: {step.ToJsonString()}";
        if (step["code"] is { } code)
        {
            var status = (await Should.ThrowAsync<RpcException>(call.WaitAsync(Patience, TimeProvider.System), where)).Status;
            ((int)status.StatusCode, status.Detail).ShouldBe(((int)code, (string)step["text"]!), where);
            return;
        }
        var reply = await call.WaitAsync(Patience, TimeProvider.System);
        same.Check(reply.Descriptor.Parser.ParseJson(step["response"]!.ToJsonString()), reply, where);
    }

    private static Task<IMessage> CallAsync(GrpcChannel channel, string method, string request) => method switch
    {
        "StartInstance" => CallAsync(channel, TaskHub.StartInstance, request),
        "GetInstance" => CallAsync(channel, TaskHub.GetInstance, request),
        "WaitForInstanceStart" => CallAsync(channel, TaskHub.WaitForInstanceStart, request),
        "WaitForInstanceCompletion" => CallAsync(channel, TaskHub.WaitForInstanceCompletion, request),
        "RaiseEvent" => CallAsync(channel, TaskHub.RaiseEvent, request),
        "TerminateInstance" => CallAsync(channel, TaskHub.TerminateInstance, request),
        "SuspendInstance" => CallAsync(channel, TaskHub.SuspendInstance, request),
        "ResumeInstance" => CallAsync(channel, TaskHub.ResumeInstance, request),
        "PurgeInstances" => CallAsync(channel, TaskHub.PurgeInstances, request),
        "RerunWorkflowFromEvent" => CallAsync(channel, TaskHub.RerunWorkflowFromEvent, request),
        "ListInstanceIDs" => CallAsync(channel, TaskHub.ListInstanceIds, request),
        "GetInstanceHistory" => CallAsync(channel, TaskHub.GetInstanceHistory, request),
        "CompleteActivityTask" => CallAsync(channel, TaskHub.CompleteActivityTask, request),
        "CompleteOrchestratorTask" => CallAsync(channel, TaskHub.CompleteOrchestratorTask, request),
        "CompleteWorkflowTask" => CallAsync(channel, TaskHub.CompleteWorkflowTask, request),
        _ => throw new InvalidOperationException($"The recordings have no {method}."),
    };

    private static async Task<IMessage> CallAsync<TRequest, TResponse>(GrpcChannel channel, GrpcMethod<TRequest, TResponse> method, string request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        await channel.CallAsync(method, method.Request.ParseJson(request));
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>
/// Goal: several instances of one app share its calls, its messages and its workflows, and the others go on where one dies.
/// Method: a real host with real apps.
/// </summary>
public sealed class ReplicaHostTests : IDisposable
{
    private readonly RunFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, 4).Select(_ => RunFolder.FreePort())];

    public ReplicaHostTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and process groups are those of Unix");
        _folder.With("resources/pubsub.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: pubsub}
            spec:
              type: pubsub.sqlite
              metadata: [{name: connectionString, value: broker.db}]
            """);
        _folder.With("resources/statestore.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: statestore}
            spec:
              type: state.sqlite
              metadata: [{name: connectionString, value: state.db}, {name: actorStateStore, value: 'true'}]
            """);
        _folder.WithRunFile($$"""
            version: 1
            common:
              resourcesPaths: [resources]
            apps:
              - appID: caller
                appDirPath: app
                daprHTTPPort: {{_ports[0]}}
              - appID: worker
                appDirPath: app
                appPort: {{_ports[1]}}
                daprHTTPPort: {{_ports[2]}}
                daprGRPCPort: {{_ports[3]}}
                command: {{RunFolder.TestAppCommand}}
                env:
                  HOLD_INSTANCE: "2"
                  SUBSCRIPTIONS: '[{"pubsubname": "pubsub", "topic": "topic", "route": "/events"}, {"pubsubname": "pubsub", "topic": "held", "route": "/held"}]'
            """);
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task calls_take_turns_and_pass_by_an_instance_that_was_killed()
    {
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);

        (await CallAsync(20)).CountBy(i => i).OrderBy(i => i.Key).ShouldBe([KeyValuePair.Create("1", 10), KeyValuePair.Create("2", 10)]);

        // A call under way at that moment fails, as with Dapr: it may have taken effect. None is begun here before the process has ended.
        HostProcess.Signal(second.Process, "KILL");
        await host.LineAsync("worker-2 app exited");
        (await CallAsync(20)).ShouldAllBe(i => i == "1");
    }

    [Fact]
    public async Task under_its_own_id_each_sidecar_finds_its_own_app()
    {
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);

        for (var i = 0; i < 4; i++)
        {
            (await _http.GetStringAsync(new Uri($"http://127.0.0.1:{second.HttpPort}/v1.0/invoke/worker/method/instance"))).ShouldBe("2");
        }
    }

    [Fact]
    public async Task each_message_goes_to_one_instance_and_both_get_some()
    {
        const int count = 60;
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);

        await PublishAsync("topic", count);

        await Eventually.HoldsAsync(() => Events(_ports[1]).Length + Events(second.AppPort).Length >= count);
        var (here, there) = (Events(_ports[1]), Events(second.AppPort));
        here.Concat(there).Distinct().Count().ShouldBe(count);
        (here.Length + there.Length).ShouldBe(count);
        here.ShouldNotBeEmpty();
        there.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task what_a_killed_instance_held_is_given_to_the_other()
    {
        const int count = 20;
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);
        await PublishAsync("held", count);
        await host.LineAsync("== APP - worker-2 == holds one");
        Events(_ports[1]).Length.ShouldBeLessThan(count);

        HostProcess.Signal(second.Process, "KILL");

        await Eventually.HoldsAsync(() => Events(_ports[1]).Distinct().Count() == count);
    }

    [Fact]
    public async Task the_workers_of_all_instances_work_for_one_engine()
    {
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);
        using var here = new GrpcChannel(new Uri($"http://127.0.0.1:{_ports[3]}"));
        using var there = new GrpcChannel(new Uri($"http://127.0.0.1:{second.GrpcPort}"));
        using var leaving = new CancellationTokenSource();
        var worker = EndAllAsync(there, leaving.Token);

        await here.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "any" });

        (await here.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order-1" }))
            .WorkflowState.WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
        (await there.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = "order-1" })).Exists.ShouldBeTrue();
        await leaving.CancelAsync();
        await worker;
    }

    [Fact]
    public async Task what_a_worker_of_another_instance_leaves_undone_goes_to_one_of_this()
    {
        await using var host = Start();
        await host.ReadyAsync();
        var second = await InstanceAsync(host, 2);
        using var here = new GrpcChannel(new Uri($"http://127.0.0.1:{_ports[3]}"));
        using var there = new GrpcChannel(new Uri($"http://127.0.0.1:{second.GrpcPort}"));
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var dying = new CancellationTokenSource();
        var idle = TakeAsync(there, taken, dying.Token);

        // Answered with the first turn.
        var start = here.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "any" });
        await taken.Task;
        using var leaving = new CancellationTokenSource();
        var worker = EndAllAsync(here, leaving.Token);

        await dying.CancelAsync();

        await start;
        (await here.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order-1" }))
            .WorkflowState.WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
        await leaving.CancelAsync();
        await Task.WhenAll(worker, idle);
    }

    [Fact]
    public async Task an_app_that_the_run_file_does_not_have_is_refused_in_one_line()
    {
        await using var host = new HostProcess("-f", _folder.RunFile, "--data-dir", _folder.In("data"), "--replicas", "nobody=2");

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldBe("--replicas: the run file has no app 'nobody'; it has caller, worker.");
    }

    private static Task EndAllAsync(GrpcChannel channel, CancellationToken cancellation) => WorkAsync(
        channel,
        item => channel.CallAsync(
            TaskHub.CompleteWorkflowTask,
            new WorkflowResponse
            {
                InstanceId = item.WorkflowRequest.InstanceId,
                Actions =
                {
                    new WorkflowAction { Id = 1, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed } },
                },
            },
            cancellation),
        cancellation);

    private static Task TakeAsync(GrpcChannel channel, TaskCompletionSource taken, CancellationToken cancellation) => WorkAsync(
        channel,
        _ =>
        {
            taken.TrySetResult();
            return Task.CompletedTask;
        },
        cancellation);

    private static async Task WorkAsync(GrpcChannel channel, Func<WorkItem, Task> work, CancellationToken cancellation)
    {
        try
        {
            await foreach (var item in channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), cancellation))
            {
                await work(item);
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or Grpc.Core.RpcException)
        {
            // It has left.
        }
    }

    private HostProcess Start() => new("-f", _folder.RunFile, "--data-dir", _folder.In("data"), "--replicas", "worker=2");

    private static async Task<(int Process, int HttpPort, int GrpcPort, int AppPort)> InstanceAsync(HostProcess host, int instance)
    {
        var line = await host.LineAsync($@"worker-{instance} app started, process (\d+); sidecar on port (\d+), gRPC on (\d+), app on (\d+)");
        return (Number(1), Number(2), Number(3), Number(4));

        int Number(int group) => int.Parse(line.Groups[group].Value);
    }

    private async Task<List<string>> CallAsync(int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            answers.Add(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/invoke/worker/method/instance")));
        }

        return answers;
    }

    private async Task PublishAsync(string topic, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var content = new StringContent($"{{\"n\":{i}}}", new MediaTypeHeaderValue("application/json"));
            using var answer = await _http.PostAsync(new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/publish/pubsub/{topic}"), content);
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private string[] Events(int port) => _http.GetFromJsonAsync<string[]>($"http://127.0.0.1:{port}/events").GetAwaiter().GetResult()!;
}

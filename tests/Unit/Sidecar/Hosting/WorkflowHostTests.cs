using System.Net;
using Grpc.Core;
using Wire.Grpc;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Hosting;

/// <summary>Workflows as the host wires them: ports, files, apps beside each other, the end of the process.</summary>
public sealed class WorkflowHostTests : IDisposable
{
    private const string Marked = "metadata: [{name: connectionString, value: state.db}, {name: actorStateStore, value: 'true'}]";
    private const string NotMarked = "metadata: [{name: connectionString, value: state.db}]";

    private readonly RunFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int[] _ports = [.. Enumerable.Range(0, 5).Select(_ => RunFolder.FreePort())];
    private readonly GrpcChannel _orders;
    private readonly GrpcChannel _invoices;

    public WorkflowHostTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals and process groups are those of Unix");
        _orders = new GrpcChannel(new Uri($"http://127.0.0.1:{_ports[1]}"));
        _invoices = new GrpcChannel(new Uri($"http://127.0.0.1:{_ports[3]}"));
        _folder.WithRunFile($$"""
            version: 1
            common: {resourcesPaths: [resources]}
            apps:
              - appID: orders
                appDirPath: app
                appPort: {{_ports[4]}}
                daprHTTPPort: {{_ports[0]}}
                daprGRPCPort: {{_ports[1]}}
                command: {{RunFolder.TestAppCommand}}
              - appID: invoices
                appDirPath: app
                daprHTTPPort: {{_ports[2]}}
                daprGRPCPort: {{_ports[3]}}
            """);
    }

    public void Dispose()
    {
        _orders.Dispose();
        _invoices.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task each_app_has_its_own_instances_and_they_survive_a_kill_of_the_host()
    {
        WithStore(Marked);
        await using (var host = Start())
        {
            await host.ReadyAsync();
            await host.LineAsync("INFO  orders workflows are kept beside the state store statestore");
            using var worker = new Waiter(_orders);
            await _orders.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "wait" });
            (await StatusAsync(_orders)).ShouldBe(OrchestrationStatus.Running);
            (await _invoices.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = "order-1" })).Exists.ShouldBeFalse();
            host.Signal("KILL");
        }

        File.Exists(_folder.In("data/state-workflows-orders.db")).ShouldBeTrue();
        File.Exists(_folder.In("data/state-workflows-invoices.db")).ShouldBeTrue();
        await using var again = Start();
        await again.ReadyAsync();
        using var other = new Waiter(_orders);
        await _orders.CallAsync(TaskHub.RaiseEvent, new RaiseEventRequest { InstanceId = "order-1", Name = "go" });
        (await _orders.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order-1" }))
            .WorkflowState.WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
    }

    [Fact]
    public async Task finished_instances_are_forgotten_as_the_apps_configuration_says()
    {
        WithStore(Marked);
        _folder.With("config.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: {name: config}
            spec: {workflow: {stateRetentionPolicy: {completed: 0s}}}
            """);
        _folder.WithRunFile(File.ReadAllText(_folder.RunFile).Replace("common: {", "common: {configFilePath: config.yaml, ", StringComparison.Ordinal));
        await using var host = Start();
        await host.ReadyAsync();
        using var worker = new Waiter(_orders);
        await _orders.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "wait" });
        (await StatusAsync(_orders)).ShouldBe(OrchestrationStatus.Running);
        await _orders.CallAsync(TaskHub.RaiseEvent, new RaiseEventRequest { InstanceId = "order-1", Name = "go" });

        await Eventually.HoldsAsync(
            async () => !(await _orders.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = "order-1" })).Exists,
            () => "The instance is still there.");
    }

    [Fact]
    public async Task at_sigterm_the_app_ends_first_and_workers_are_told_then()
    {
        WithStore(Marked);
        await using var host = Start();
        await host.ReadyAsync();
        using var worker = new Waiter(_orders);
        await _orders.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "wait" });
        var wait = _orders.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = "order-1" });

        host.Signal("TERM");

        (await worker.Ended).ShouldBe(new Status(StatusCode.Cancelled, "shutting down"));
        (await Should.ThrowAsync<RpcException>(wait)).Status.ShouldBe(new Status(StatusCode.Cancelled, "context canceled"));
        await host.LineAsync("== APP - orders == stopping");
        (await host.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task without_an_actor_state_store_workflows_are_off_and_say_so()
    {
        const string Reason = "the state store is not configured to use the actor runtime. "
            + "Have you set the - name: actorStateStore value: \"true\" in your state store component file?";
        WithStore(NotMarked);
        await using var host = Start();
        await host.ReadyAsync();

        await host.LineAsync("INFO  orders workflows are off: no state store in scope has the metadata actorStateStore \"true\"");
        (await RefusalAsync(_orders.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = "order-1", Name = "x" }))).ShouldBe(
            new Status(StatusCode.Internal, $"failed to create workflow instance: api error: code = Internal desc = {Reason}"));
        (await RefusalAsync(_orders.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = "order-1" }))).ShouldBe(
            new Status(StatusCode.Internal, Reason));
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_ports[0]}/v1.0/workflows/dapr/order-1"));
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith(
            """{"errorCode":"ERR_GET_WORKFLOW","message":"error while getting workflow info on instance 'order-1': """);

        // A worker may come all the same, and waits.
        using var worker = new Waiter(_orders);
        host.Signal("TERM");
        (await worker.Ended).ShouldBe(new Status(StatusCode.Cancelled, "shutting down"));
    }

    [Fact]
    public async Task two_actor_state_stores_are_refused()
    {
        WithStore(Marked);
        _folder.With("resources/other.yaml", Store("other", Marked));

        await using var host = Start();

        (await host.ExitAsync()).ShouldBe(1);
        host.Errors.ShouldHaveSingleItem().ShouldContain("spec.metadata.actorStateStore: detected duplicate actor state store: ");
    }

    private static string Store(string name, string metadata) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: {{name}}}
        spec:
          type: state.sqlite
          {{metadata}}
        """;

    private void WithStore(string metadata) => _folder.With("resources/statestore.yaml", Store("statestore", metadata));

    private HostProcess Start() => new("-f", _folder.RunFile, "--data-dir", _folder.In("data"));

    private static async Task<Status> RefusalAsync<T>(Task<T> call) => (await Should.ThrowAsync<RpcException>(call)).Status;

    private static async Task<OrchestrationStatus> StatusAsync(GrpcChannel channel) =>
        (await channel.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = "order-1" })).WorkflowState.WorkflowStatus;

    /// <summary>A worker whose one workflow ends with its first event.</summary>
    private sealed class Waiter : IDisposable
    {
        private readonly CancellationTokenSource _leaving = new();

        public Waiter(GrpcChannel channel) => Ended = RunAsync(channel);

        /// <summary>How the stream ended.</summary>
        public Task<Status> Ended { get; }

        public void Dispose() => _leaving.Cancel();

        private async Task<Status> RunAsync(GrpcChannel channel)
        {
            try
            {
                await foreach (var item in channel.StreamAsync(TaskHub.GetWorkItems, new GetWorkItemsRequest(), _leaving.Token))
                {
                    var answer = new WorkflowResponse { InstanceId = item.WorkflowRequest.InstanceId };
                    if (item.WorkflowRequest.NewEvents.Any(e => e.EventRaised is not null))
                    {
                        answer.Actions.Add(new WorkflowAction
                        {
                            Id = 1, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed },
                        });
                    }

                    await channel.CallAsync(TaskHub.CompleteWorkflowTask, answer, _leaving.Token);
                }

                return Status.DefaultSuccess;
            }
            catch (RpcException e)
            {
                return e.Status;
            }
        }
    }
}

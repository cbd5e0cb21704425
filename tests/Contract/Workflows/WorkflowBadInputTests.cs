using Grpc.Core;
using Tests.Contract.Hosting;
using Wire.Workflow;

namespace Tests.Contract.Workflows;

/// <summary>What clients and workers should not send, and do: each is told what is wrong, and everything else goes on.</summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed class WorkflowBadInputTests(DaprFixture dapr) : IAsyncLifetime
{
    private WorkflowEndpoint _endpoint = null!;

    public async ValueTask InitializeAsync() => _endpoint = await WorkflowEndpoint.StartAsync(dapr);

    public ValueTask DisposeAsync() => _endpoint.DisposeAsync();

    [Fact]
    public async Task a_worker_of_an_older_version_runs_everything()
    {
        // It knows CompleteOrchestratorTask only, sends neither tokens nor task execution ids, and fields that nobody knows.
        await using var worker = new HandWorker(_endpoint.Grpc);

        (await RunAsync("act", "\"Bob\"")).Output.ShouldBe("\"Hello, Hello, Bob!!\"");
        (await RunAsync("child", "1")).Output.ShouldBe("\"Hello, Hello, kid!!\"");
        (await RunAsync("actfail", "1")).FailureDetails.ErrorMessage.ShouldBe("task failed with an error: activity boom");
        (await RunAsync("no such workflow", "1")).FailureDetails.ErrorMessage.ShouldBe("workflow named 'no such workflow' is not registered");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("ünï")]
    [InlineData("x", 300)]
    public async Task an_illegal_instance_id_is_refused(string id, int times = 1)
    {
        await using var worker = new HandWorker(_endpoint.Grpc);

        var status = await RefusalAsync(_endpoint.Grpc.CallAsync(
            TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = string.Concat(Enumerable.Repeat(id, times)), Name = "echo" }));

        status.StatusCode.ShouldBe(StatusCode.Unknown);
        status.Detail.ShouldStartWith("failed to create workflow instance: rpc error: code = Unknown desc = job name is invalid");
        (await RunAsync("echo", "1")).Output.ShouldBe("1");
    }

    [Fact]
    public async Task completions_that_nobody_waits_for_are_taken_and_ignored()
    {
        await using var worker = new HandWorker(_endpoint.Grpc);
        var state = await RunAsync("act", "\"Bob\"");
        var waiting = await StartAsync("waitevent", "1");

        foreach (var id in new[] { DaprFixture.Key("unknown"), state.InstanceId, waiting })
        {
            await _endpoint.Grpc.CallAsync(TaskHub.CompleteActivityTask, new ActivityResponse { InstanceId = id, TaskId = 7, Result = "\"late\"" });
            var answer = new WorkflowResponse { InstanceId = id };
            answer.Actions.Add(new WorkflowAction { CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Failed } });
            await _endpoint.Grpc.CallAsync(TaskHub.CompleteWorkflowTask, answer);
        }

        (await GetAsync(state.InstanceId)).ShouldBe(state);
        await _endpoint.Grpc.CallAsync(TaskHub.RaiseEvent, new RaiseEventRequest { InstanceId = waiting, Name = "go", Input = "2" });
        (await EndAsync(waiting)).Output.ShouldBe("2");
    }

    [Fact]
    public async Task events_for_finished_instances_change_nothing()
    {
        await using var worker = new HandWorker(_endpoint.Grpc);
        var state = await RunAsync("echo", "1");

        await _endpoint.Grpc.CallAsync(TaskHub.RaiseEvent, new RaiseEventRequest { InstanceId = state.InstanceId, Name = "go" });
        await _endpoint.Grpc.CallAsync(TaskHub.SuspendInstance, new SuspendRequest { InstanceId = state.InstanceId });
        await _endpoint.Grpc.CallAsync(TaskHub.ResumeInstance, new ResumeRequest { InstanceId = state.InstanceId });
        await _endpoint.Grpc.CallAsync(TaskHub.TerminateInstance, new TerminateRequest { InstanceId = state.InstanceId });

        (await GetAsync(state.InstanceId)).ShouldBe(state);
    }

    [Fact]
    public async Task an_oversized_answer_is_refused_and_a_smaller_one_may_follow()
    {
        using var leaving = new CancellationTokenSource();
        var worker = new RecordedWorker(_endpoint.Grpc, leaving.Token);
        var id = DaprFixture.Key("large");
        var started = _endpoint.Grpc.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = "large" });
        await worker.TakeAsync(new WorkItem { WorkflowRequest = new WorkflowRequest { InstanceId = id } });

        var status = await RefusalAsync(_endpoint.Grpc.CallAsync(
            TaskHub.CompleteWorkflowTask, new WorkflowResponse { InstanceId = id, CustomStatus = new string('x', 5_000_000) }));

        status.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        status.Detail.ShouldStartWith("grpc: received message larger than max (50000");
        var answer = new WorkflowResponse { InstanceId = id };
        answer.Actions.Add(new WorkflowAction { CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed } });
        await _endpoint.Grpc.CallAsync(TaskHub.CompleteWorkflowTask, answer);
        (await started).InstanceId.ShouldBe(id);
        (await EndAsync(id)).WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
        await leaving.CancelAsync();
    }

    [Fact]
    public async Task work_of_a_lost_worker_goes_to_the_next_one()
    {
        using var leaving = new CancellationTokenSource();
        var lost = new RecordedWorker(_endpoint.Grpc, leaving.Token);
        var id = DaprFixture.Key("lost");
        var started = _endpoint.Grpc.CallAsync(
            TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = "act", Input = "\"Bob\"" });
        await lost.TakeAsync(new WorkItem { WorkflowRequest = new WorkflowRequest { InstanceId = id } });

        await leaving.CancelAsync();
        await using var worker = new HandWorker(_endpoint.Grpc);

        (await started).InstanceId.ShouldBe(id);
        (await EndAsync(id)).Output.ShouldBe("\"Hello, Hello, Bob!!\"");
    }

    [Fact]
    public async Task without_a_worker_a_start_waits_and_reads_answer()
    {
        var id = DaprFixture.Key("no-worker");
        var started = _endpoint.Grpc.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = "echo", Input = "1" });

        var unknown = new GetInstanceRequest { InstanceId = DaprFixture.Key("unknown") };
        (await _endpoint.Grpc.CallAsync(TaskHub.GetInstance, unknown)).Exists.ShouldBeFalse();
        await Eventually.StaysAsync(() => !started.IsCompleted, TimeSpan.FromMilliseconds(200));
        await using var worker = new HandWorker(_endpoint.Grpc);

        (await started).InstanceId.ShouldBe(id);
        (await EndAsync(id)).Output.ShouldBe("1");
    }

    [Fact]
    public async Task without_a_worker_a_start_by_http_waits_until_its_caller_gives_up()
    {
        using var impatient = new CancellationTokenSource();
        var id = DaprFixture.Key("no-worker");
        using var body = new StringContent("1");
        var started = _endpoint.Http.PostAsync(
            new Uri($"/v1.0/workflows/dapr/echo/start?instanceID={id}", UriKind.Relative), body, impatient.Token);
        await Eventually.StaysAsync(() => !started.IsCompleted, TimeSpan.FromMilliseconds(200));

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(started);
        await using var worker = new HandWorker(_endpoint.Grpc);
        (await RunAsync("echo", "2")).Output.ShouldBe("2");
        // Dapr forgets what nobody waits for any more; here it is stored, so it runs.
        if (_endpoint.IsEmbedded)
        {
            (await EndAsync(id)).Output.ShouldBe("1");
        }
    }

    [Fact]
    public async Task without_a_worker_an_event_is_stored()
    {
        Assert.SkipUnless(_endpoint.IsEmbedded, "DAPR_HTTP_ENDPOINT is set: Dapr refuses it");
        string id;
        await using (new HandWorker(_endpoint.Grpc))
        {
            id = await StartAsync("waitevent", "1");
        }

        await _endpoint.Grpc.CallAsync(TaskHub.RaiseEvent, new RaiseEventRequest { InstanceId = id, Name = "go", Input = "2" });
        await using var worker = new HandWorker(_endpoint.Grpc);

        (await EndAsync(id)).Output.ShouldBe("2");
    }

    private static async Task<Status> RefusalAsync<T>(Task<T> call) => (await Should.ThrowAsync<RpcException>(call)).Status;

    private async Task<string> StartAsync(string workflow, string input)
    {
        var id = DaprFixture.Key("bad-input");
        await _endpoint.Grpc.CallAsync(TaskHub.StartInstance, new CreateInstanceRequest { InstanceId = id, Name = workflow, Input = input });
        return id;
    }

    private async Task<WorkflowState> RunAsync(string workflow, string input) => await EndAsync(await StartAsync(workflow, input));

    private async Task<WorkflowState> EndAsync(string id) =>
        (await _endpoint.Grpc.CallAsync(TaskHub.WaitForInstanceCompletion, new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true }))
            .WorkflowState;

    private async Task<WorkflowState> GetAsync(string id) =>
        (await _endpoint.Grpc.CallAsync(TaskHub.GetInstance, new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = true })).WorkflowState;
}

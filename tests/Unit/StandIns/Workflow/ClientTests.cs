using System.Diagnostics;
using Dapr.Workflow;
using Dapr.Workflow.Client;
using Dapr.Workflow.Registration;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire.Workflow;
using WorkflowState = Wire.Workflow.WorkflowState;

namespace Tests.Unit.StandIns.Workflow;

public sealed class ClientTests
{
    [Fact]
    public async Task a_start_says_what_when_and_in_which_trace()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        using var trace = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        trace.TraceStateString = "k=v";
        var later = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(1));

        var id = await client.ScheduleNewWorkflowAsync("Fulfil", "order-1", new { Lines = 2 }, later);

        id.ShouldBe("order-1");
        var request = hub.Requests<CreateInstanceRequest>("StartInstance").ShouldHaveSingleItem();
        (request.Name, request.Input).ShouldBe(("Fulfil", """{"lines":2}"""));
        request.ScheduledStartTimestamp.ToDateTimeOffset().ShouldBe(later);
        (request.ParentTraceContext.TraceParent, request.ParentTraceContext.TraceState).ShouldBe((trace.Id, "k=v"));
    }

    [Fact]
    public async Task a_start_without_id_or_input_gets_an_id_and_the_empty_text()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);

        var id = await client.ScheduleNewWorkflowAsync("Fulfil");

        Guid.TryParse(id, out _).ShouldBeTrue();
        var request = hub.Requests<CreateInstanceRequest>("StartInstance").ShouldHaveSingleItem();
        (request.Input, request.ScheduledStartTimestamp, request.ParentTraceContext).ShouldBe(("", null, null));
    }

    [Fact]
    public async Task what_the_sidecar_refuses_is_an_rpc_exception()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.Refuse("StartInstance", StatusCode.AlreadyExists);

        var refused = await Should.ThrowAsync<RpcException>(() => client.ScheduleNewWorkflowAsync("Fulfil", "order-1"));

        (refused.StatusCode, refused.Status.Detail).ShouldBe((StatusCode.AlreadyExists, "refused by the test"));
    }

    [Fact]
    public async Task a_state_is_read_with_its_payloads()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.On<GetInstanceRequest>("GetInstance", request => Found(request, OrchestrationStatus.Failed));

        var state = await client.GetWorkflowStateAsync("order-1");

        (state.Exists, state.WorkflowName, state.RuntimeStatus).ShouldBe((true, "Fulfil", WorkflowRuntimeStatus.Failed));
        (state.IsWorkflowRunning, state.IsWorkflowCompleted).ShouldBe((false, true));
        state.CreatedAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
        (state.ReadInputAs<int>(), state.ReadOutputAs<string>(), state.ReadCustomStatusAs<int?>()).ShouldBe((1, "out", null));
        state.FailureDetails!.ToString().ShouldBe("System.TimeoutException: late");
        state.FailureDetails.IsCausedBy<SystemException>().ShouldBeTrue();
    }

    [Fact]
    public async Task an_instance_that_does_not_exist_is_a_state_that_says_so()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);

        var state = await client.GetWorkflowStateAsync("nobody");

        (state.Exists, state.RuntimeStatus, state.WorkflowName).ShouldBe((false, WorkflowRuntimeStatus.Unknown, null));
        state.ReadOutputAs<string>().ShouldBeNull();
        await Should.ThrowAsync<InvalidOperationException>(() => client.WaitForWorkflowStartAsync("nobody"));
    }

    [Fact]
    public async Task a_wait_goes_on_through_breaks_and_then_reads_the_payloads()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        var breaks = 2;
        hub.On<GetInstanceRequest>("WaitForInstanceCompletion", request => Interlocked.Decrement(ref breaks) switch
        {
            1 => throw new RpcException(new Status(StatusCode.Unavailable, "")),
            0 => throw new RpcException(new Status(StatusCode.DeadlineExceeded, "")),
            _ => Found(request, OrchestrationStatus.Completed),
        });
        hub.On<GetInstanceRequest>("GetInstance", request => Found(request, OrchestrationStatus.Completed));

        var state = await client.WaitForWorkflowCompletionAsync("order-1");

        state.ReadOutputAs<string>().ShouldBe("out");
        hub.Requests<GetInstanceRequest>("WaitForInstanceCompletion").Select(request => request.GetInputsAndOutputs)
            .ShouldBe([false, false, false]);
    }

    [Fact]
    public async Task a_wait_ends_with_other_errors_and_when_the_caller_gives_up()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        using var patience = new CancellationTokenSource();
        hub.Refuse("WaitForInstanceStart", StatusCode.Unknown);
        hub.Refuse("WaitForInstanceCompletion", StatusCode.Unavailable);

        var waiting = client.WaitForWorkflowCompletionAsync("order-1", cancellation: patience.Token);
        await Eventually.HoldsAsync(() => hub.Requests<GetInstanceRequest>("WaitForInstanceCompletion").Count > 1);
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await Should.ThrowAsync<RpcException>(() => client.WaitForWorkflowStartAsync("order-1"));
    }

    [Fact]
    public async Task commands_carry_what_they_are_given()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.On<PurgeInstancesRequest>("PurgeInstances", _ => new PurgeInstancesResponse { DeletedInstanceCount = 2 });

        await client.RaiseEventAsync("one", "cancel", "why");
        await client.TerminateWorkflowAsync("one", 7);
        await client.SuspendWorkflowAsync("one");
        await client.ResumeWorkflowAsync("one", "enough");
        (await client.PurgeInstanceAsync("one")).ShouldBeTrue();

        hub.Requests<RaiseEventRequest>("RaiseEvent").Single()
            .ShouldBe(new RaiseEventRequest { InstanceId = "one", Name = "cancel", Input = "\"why\"" });
        hub.Requests<TerminateRequest>("TerminateInstance").Single()
            .ShouldBe(new TerminateRequest { InstanceId = "one", Output = "7", Recursive = true });
        hub.Requests<SuspendRequest>("SuspendInstance").Single().ShouldBe(new SuspendRequest { InstanceId = "one", Reason = "" });
        hub.Requests<ResumeRequest>("ResumeInstance").Single().ShouldBe(new ResumeRequest { InstanceId = "one", Reason = "enough" });
        hub.Requests<PurgeInstancesRequest>("PurgeInstances").Single()
            .ShouldBe(new PurgeInstancesRequest { InstanceId = "one", Recursive = true });
    }

    [Fact]
    public async Task instances_are_listed_in_pages()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.On<ListInstanceIDsRequest>("ListInstanceIDs", request => request.HasContinuationToken
            ? new ListInstanceIDsResponse { InstanceIds = { "c" } }
            : new ListInstanceIDsResponse { InstanceIds = { "a", "b" }, ContinuationToken = "2" });

        var first = await client.ListInstanceIdsAsync(pageSize: 2);
        var last = await client.ListInstanceIdsAsync(first.ContinuationToken, pageSize: 2);

        first.InstanceIds.ShouldBe(["a", "b"]);
        (last.InstanceIds.Single(), last.ContinuationToken).ShouldBe(("c", null));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => client.ListInstanceIdsAsync(pageSize: 0));
    }

    [Fact]
    public async Task a_history_is_read_event_by_event()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.On<GetInstanceHistoryRequest>("GetInstanceHistory", _ => new GetInstanceHistoryResponse
        {
            Events =
            {
                new HistoryEvent { EventId = -1, Timestamp = Time, WorkflowStarted = new() },
                new HistoryEvent { EventId = 3, Timestamp = Time, ChildWorkflowInstanceCreated = new() },
            },
        });

        var history = await client.GetInstanceHistoryAsync("one");

        history.ShouldBe(
        [
            new WorkflowHistoryEvent(-1, WorkflowHistoryEventType.OrchestratorStarted, Time.ToDateTime()),
            new WorkflowHistoryEvent(3, WorkflowHistoryEventType.SubOrchestrationInstanceCreated, Time.ToDateTime()),
        ]);
    }

    [Fact]
    public async Task a_rerun_says_from_where_and_whether_the_input_is_another_one()
    {
        await using var hub = await StartAsync();
        using var client = New(hub);
        hub.On<RerunWorkflowFromEventRequest>(
            "RerunWorkflowFromEvent", request => new RerunWorkflowFromEventResponse { NewInstanceID = request.NewInstanceID });

        var id = await client.RerunWorkflowFromEventAsync(
            "one", 4, new RerunWorkflowFromEventOptions { NewInstanceId = "two", OverwriteInput = true, Input = 5 });

        id.ShouldBe("two");
        hub.Requests<RerunWorkflowFromEventRequest>("RerunWorkflowFromEvent").Single().ShouldBe(new RerunWorkflowFromEventRequest
        {
            SourceInstanceID = "one", EventID = 4, NewInstanceID = "two", OverwriteInput = true, Input = "5",
        });
        await Should.ThrowAsync<ArgumentException>(() =>
            client.RerunWorkflowFromEventAsync("one", 4, new RerunWorkflowFromEventOptions { Input = 5 }));
    }

    [Fact]
    public async Task a_call_that_takes_too_long_is_given_up()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port: 0);
        silent.Start();
        using var client = new DaprWorkflowClientBuilder()
            .UseGrpcEndpoint($"http://{silent.LocalEndpoint}")
            .UseTimeout(TimeSpan.FromMilliseconds(100))
            .Build();

        var late = await Should.ThrowAsync<RpcException>(() => client.GetWorkflowStateAsync("one"));

        late.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task an_app_s_client_uses_the_app_s_sidecar()
    {
        await using var hub = await StartAsync();
        await using var app = await ConnectedApp.StartAsync(hub.Endpoint, token: "secret");

        await app.Client.ScheduleNewWorkflowAsync("Fulfil", "order-1");

        hub.Headers["dapr-api-token"].ShouldBe("secret");
    }

    private static Timestamp Time => new DateTime(2026, 11, 21, 9, 0, 0, DateTimeKind.Utc).ToTimestamp();

    private static DaprWorkflowClient New(FakeTaskHub hub) => new DaprWorkflowClientBuilder().UseGrpcEndpoint(hub.Endpoint).Build();

    private static async Task<FakeTaskHub> StartAsync()
    {
        var hub = await FakeTaskHub.StartAsync();
        hub.On<CreateInstanceRequest>("StartInstance", request => new CreateInstanceResponse { InstanceId = request.InstanceId });
        return hub;
    }

    private static IMessage Found(GetInstanceRequest request, OrchestrationStatus status) => new GetInstanceResponse
    {
        Exists = true,
        WorkflowState = new WorkflowState
        {
            InstanceId = request.InstanceId,
            Name = "Fulfil",
            WorkflowStatus = status,
            CreatedTimestamp = Time,
            LastUpdatedTimestamp = Time,
            Input = request.GetInputsAndOutputs ? "1" : null,
            Output = request.GetInputsAndOutputs ? "\"out\"" : null,
            FailureDetails = status == OrchestrationStatus.Failed
                ? new() { ErrorType = "System.TimeoutException", ErrorMessage = "late" }
                : null,
        },
    };
}

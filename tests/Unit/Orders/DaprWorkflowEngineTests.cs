using Dapr.Workflow.Registration;
using Grpc.Core;
using Orders.Orchestrating;
using ServiceDefaults.Traffic;
using Tests.Unit.StandIns.Workflow;
using Wire.Workflow;
using WorkflowState = Wire.Workflow.WorkflowState;

namespace Tests.Unit.Orders;

/// <summary>What Orders makes of a sidecar's answers.</summary>
public sealed class DaprWorkflowEngineTests
{
    [Fact]
    public async Task a_start_of_what_runs_already_is_no_failure()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("StartInstance", StatusCode.AlreadyExists);

        await WithEngineAsync(hub, engine => engine.StartAsync("FulfilOrder", "order-1", "input", CancellationToken.None));
    }

    [Fact]
    public async Task a_start_that_the_sidecar_cannot_take_fails_so_that_it_comes_again()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("StartInstance", StatusCode.Unavailable);

        await WithEngineAsync(hub, engine => Should.ThrowAsync<RpcException>(() => engine.StartAsync("FulfilOrder", "o", "", CancellationToken.None)));
    }

    [Theory]
    [InlineData(OrchestrationStatus.Running, true)]
    [InlineData(OrchestrationStatus.Suspended, true)]
    [InlineData(OrchestrationStatus.Completed, true)]
    [InlineData(OrchestrationStatus.Failed, false)]
    [InlineData(OrchestrationStatus.Terminated, false)]
    [InlineData(null, false)]
    public async Task an_event_is_heard_by_an_instance_that_has_not_been_ended_by_force(OrchestrationStatus? status, bool isHeard)
    {
        await using var hub = await FakeTaskHub.StartAsync();
        Report(hub, status);

        await WithEngineAsync(hub, async engine =>
        {
            (await engine.RaiseAsync("order-1", "cancel", "why", CancellationToken.None)).ShouldBe(isHeard);
            (await engine.IsGoneAsync("order-1", CancellationToken.None)).ShouldBe(!isHeard);
        });
    }

    [Theory]
    [InlineData(OrchestrationStatus.Stalled)]
    [InlineData(null)]
    public async Task an_event_that_is_refused_because_nobody_can_act_on_it_is_not_tried_for_ever(OrchestrationStatus? status)
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("RaiseEvent", StatusCode.Unknown);
        Report(hub, status);

        await WithEngineAsync(
            hub, async engine => (await engine.RaiseAsync("order-1", "cancel", "why", CancellationToken.None)).ShouldBeFalse());
    }

    [Fact]
    public async Task an_event_that_is_refused_by_an_instance_at_work_comes_again()
    {
        await using var hub = await FakeTaskHub.StartAsync();
        hub.Refuse("RaiseEvent", StatusCode.FailedPrecondition);
        Report(hub, OrchestrationStatus.Running);

        await WithEngineAsync(
            hub, engine => Should.ThrowAsync<RpcException>(() => engine.RaiseAsync("order-1", "cancel", "why", CancellationToken.None)));
    }

    private static void Report(FakeTaskHub hub, OrchestrationStatus? status) =>
        hub.On<GetInstanceRequest>("GetInstance", _ => status is { } known
            ? new GetInstanceResponse { Exists = true, WorkflowState = new WorkflowState { InstanceId = "order-1", WorkflowStatus = known } }
            : new GetInstanceResponse());

    private static async Task WithEngineAsync(FakeTaskHub hub, Func<DaprWorkflowEngine, Task> act)
    {
        using var client = new DaprWorkflowClientBuilder().UseGrpcEndpoint(hub.Endpoint).Build();
        await act(new DaprWorkflowEngine(client, new TrafficMeter()));
    }
}

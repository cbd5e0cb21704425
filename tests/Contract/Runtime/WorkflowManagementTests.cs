using Google.Protobuf;
using Grpc.Core;
using Tests.Contract.Hosting;
using Tests.Contract.Workflows;
using Wire.Grpc;
using Wire.Runtime;

namespace Tests.Contract.Runtime;

/// <summary>Workflow management by the runtime service, under both of its names.</summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed class WorkflowManagementTests(DaprFixture dapr) : IAsyncLifetime
{
    private WorkflowEndpoint _endpoint = null!;
    private HandWorker _worker = null!;

    private GrpcChannel Grpc => _endpoint.Grpc;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await WorkflowEndpoint.StartAsync(dapr);
        _worker = new HandWorker(_endpoint.Grpc);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _endpoint.DisposeAsync();
    }

    public static TheoryData<string> Versions => [.. DaprRuntime.WorkflowVersions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task an_instance_runs_is_shown_and_is_forgotten(string version)
    {
        var id = DaprFixture.Key("grpc");

        var started = await Grpc.CallAsync(
            DaprRuntime.StartWorkflow(version),
            new StartWorkflowRequest { InstanceId = id, WorkflowName = "echo", WorkflowComponent = "dapr", Input = ByteString.CopyFromUtf8("[1]") });
        var state = await EndAsync(version, id);

        started.InstanceId.ShouldBe(id);
        (state.InstanceId, state.WorkflowName, state.RuntimeStatus).ShouldBe((id, "echo", "COMPLETED"));
        state.Properties.ShouldBe(
            new Dictionary<string, string> { ["dapr.workflow.input"] = "[1]", ["dapr.workflow.output"] = "[1]" }, ignoreOrder: true);
        state.CreatedAt.ShouldBeLessThanOrEqualTo(state.LastUpdatedAt);

        await Grpc.CallAsync(DaprRuntime.PurgeWorkflow(version), new PurgeWorkflowRequest { InstanceId = id });

        (await GetAsync(version, id)).ShouldBe(new GetWorkflowResponse { InstanceId = id });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task an_instance_is_held_resumed_told_of_an_event_and_ended(string version)
    {
        var (id, other) = (await StartAsync(version, "waitevent"), await StartAsync(version, "waitevent"));

        await Grpc.CallAsync(DaprRuntime.PauseWorkflow(version), new PauseWorkflowRequest { InstanceId = id });
        (await GetAsync(version, id)).RuntimeStatus.ShouldBe("SUSPENDED");
        await Grpc.CallAsync(DaprRuntime.ResumeWorkflow(version), new ResumeWorkflowRequest { InstanceId = id });
        (await GetAsync(version, id)).RuntimeStatus.ShouldBe("RUNNING");
        await Grpc.CallAsync(
            DaprRuntime.RaiseEventWorkflow(version),
            new RaiseEventWorkflowRequest { InstanceId = id, EventName = "go", EventData = ByteString.CopyFromUtf8("7") });
        (await EndAsync(version, id)).RuntimeStatus.ShouldBe("COMPLETED");

        await Grpc.CallAsync(DaprRuntime.TerminateWorkflow(version), new TerminateWorkflowRequest { InstanceId = other });
        (await EndAsync(version, other)).RuntimeStatus.ShouldBe("TERMINATED");
    }

    [Fact]
    public async Task an_instance_without_an_id_gets_one() =>
        Guid.TryParse(
            (await Grpc.CallAsync(DaprRuntime.StartWorkflow("Beta1"), new StartWorkflowRequest { WorkflowName = "echo" })).InstanceId, out _)
            .ShouldBeTrue();

    [Fact]
    public async Task what_cannot_be_done_is_told()
    {
        const string Version = "Beta1";
        var unknown = DaprFixture.Key("unknown");

        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.StartWorkflow(Version), new StartWorkflowRequest { InstanceId = "x" }),
            StatusCode.InvalidArgument, "workflow name is not configured");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.StartWorkflow(Version), new StartWorkflowRequest { InstanceId = "a b", WorkflowName = "echo" }),
            StatusCode.InvalidArgument, "workflow instance ID 'a b' is invalid: only alphanumeric and underscore characters are allowed");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.StartWorkflow(Version), new StartWorkflowRequest { InstanceId = new('a', 65), WorkflowName = "echo" }),
            StatusCode.InvalidArgument, "workflow instance ID exceeds the max length of 64 characters");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.GetWorkflow(Version), new GetWorkflowRequest()), StatusCode.InvalidArgument, "no instance ID was provided");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.RaiseEventWorkflow(Version), new RaiseEventWorkflowRequest { InstanceId = unknown }),
            StatusCode.InvalidArgument, "missing workflow event name");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.TerminateWorkflow(Version), new TerminateWorkflowRequest { InstanceId = unknown }),
            StatusCode.NotFound, $"unable to find workflow with the provided instance ID: {unknown}");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.PurgeWorkflow(Version), new PurgeWorkflowRequest { InstanceId = unknown }),
            StatusCode.NotFound, $"unable to find workflow with the provided instance ID: {unknown}");
        await RefusedAsync(
            Grpc.CallAsync(DaprRuntime.PauseWorkflow(Version), new PauseWorkflowRequest { InstanceId = unknown }),
            StatusCode.Internal, $"error pausing workflow {unknown}: failed to pause workflow {unknown}: failed to suspend workflow: ");
    }

    private static async Task RefusedAsync(Task call, StatusCode code, string text)
    {
        var refusal = await Should.ThrowAsync<RpcException>(call);
        refusal.StatusCode.ShouldBe(code);
        refusal.Status.Detail.ShouldStartWith(text);
        RuntimeCaller.DetailsOf(refusal).ShouldBeNull();
    }

    private async Task<string> StartAsync(string version, string workflow) => (await Grpc.CallAsync(
        DaprRuntime.StartWorkflow(version),
        new StartWorkflowRequest { InstanceId = DaprFixture.Key("grpc"), WorkflowName = workflow })).InstanceId;

    private Task<GetWorkflowResponse> GetAsync(string version, string id) =>
        Grpc.CallAsync(DaprRuntime.GetWorkflow(version), new GetWorkflowRequest { InstanceId = id, WorkflowComponent = "dapr" });

    private async Task<GetWorkflowResponse> EndAsync(string version, string id)
    {
        GetWorkflowResponse? state = null;
        await Eventually.HoldsAsync(
            async () => (state = await GetAsync(version, id)).RuntimeStatus is "COMPLETED" or "FAILED" or "TERMINATED",
            () => $"{id}: {state}");
        return state!;
    }
}

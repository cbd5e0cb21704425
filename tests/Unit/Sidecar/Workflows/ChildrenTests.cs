using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class ChildrenTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Parent", async c => "got " + await c.ChildAsync("Child", c.Input))
        .Add("NamesChild", async c => "got " + await c.ChildAsync("Child", c.Input, "kid"))
        .Add("Failing", async c => await c.ChildAsync("Fails"))
        .Add("Fails", static _ => Task.FromException<string?>(new InvalidOperationException("too small")))
        .Add("Grandparent", async c => await c.ChildAsync("Parent", c.Input, "middle"))
        .Add("ParentOfWaiting", async c => await c.ChildAsync("Waits", id: "waiting"))
        .Add("Waits", static async c => await c.EventAsync("go"))
        .Add("Child", async c => await c.CallAsync("Add", c.Input))
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task a_child_gives_its_result_to_its_parent()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.EndAsync(await file.StartAsync("Parent", "1", "a"))).Output.ShouldBe("got 2");
        var child = file.Engine.History("a:0000").Events[1].ExecutionStarted;
        child.ParentInstance.WorkflowInstance.InstanceId.ShouldBe("a");
        child.ParentInstance.Name.ShouldBe("Parent");
        child.ParentInstance.AppID.ShouldBe(EngineFile.App);
        file.Engine.List(new ListInstanceIDsRequest()).InstanceIds.ShouldBe(["a", "a:0000"]);
    }

    [Fact]
    public async Task a_childs_failure_reaches_its_parent_as_it_is()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var state = await file.EndAsync(await file.StartAsync("Failing"));
        state.WorkflowStatus.ShouldBe(OrchestrationStatus.Failed);
        state.FailureDetails.ErrorMessage.ShouldBe("Failed: too small");
    }

    [Fact]
    public async Task children_have_children()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.EndAsync(await file.StartAsync("Grandparent", "1", "top"))).Output.ShouldBe("got 2");
    }

    [Fact]
    public async Task a_childs_id_that_is_taken_fails_the_child_and_leaves_the_other_instance_alone()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Waits", id: "kid");
        var state = await file.EndAsync(await file.StartAsync("NamesChild", "1"));
        state.FailureDetails.ErrorMessage.ShouldBe("WorkflowInstanceAlreadyExists: an active workflow with ID 'kid' already exists");
        file.Status("kid").ShouldBe(OrchestrationStatus.Running);
    }

    [Fact]
    public async Task a_finished_instance_of_the_childs_id_is_replaced()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Child", "5", "kid"));
        (await file.EndAsync(await file.StartAsync("NamesChild", "1"))).Output.ShouldBe("got 2");
    }

    [Fact]
    public async Task an_instance_is_not_replaced_while_a_child_of_it_is_active()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("ParentOfWaiting", id: "a");
        await Eventually.HoldsAsync(() => file.Status("waiting") == OrchestrationStatus.Running);
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a" }, CancellationToken.None);
        var refusal = await Should.ThrowAsync<WorkflowException>(file.StartAsync("Child", "1", "a"));
        refusal.Error.ShouldBe(WorkflowError.AlreadyExists);
        await file.RaiseAsync("waiting", "go", "x");
        await file.EndAsync("waiting");
        (await file.EndAsync(await file.StartAsync("Child", "1", "a"))).Output.ShouldBe("2");
    }

    [Fact]
    public async Task a_child_of_an_earlier_instance_cannot_answer_the_one_that_replaced_it()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("ParentOfWaiting", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await file.Engine.PurgeAsync(new PurgeInstancesRequest { InstanceId = "a", Force = true }, CancellationToken.None);
        var second = file.StartAsync("Parent", "1", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code)); // waits for a child of the same task id
        await second;
        (await worker.NextTurnAsync()).InstanceId.ShouldBe("a:0000");
        await file.RaiseAsync("waiting", "go", "stale");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await file.EndAsync("waiting");
        file.Engine.History("a").Events.ShouldAllBe(static e => e.ChildWorkflowInstanceCompleted == null);
        worker.HasNothing().ShouldBeTrue();
    }

    [Fact]
    public async Task work_of_another_app_fails_with_the_reason_instead_of_waiting_for_ever()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Child", "1", "a");
        await worker.NextTurnAsync();
        var foreign = ManualWorker.Schedule(0, "Add", "1");
        foreign.Router = new TaskRouter { TargetAppID = "elsewhere" };
        var child = new WorkflowAction { Id = 1, CreateChildWorkflow = new CreateChildWorkflowAction { Name = "Child" }, Router = foreign.Router };
        await worker.AnswerAsync("a", foreign, child);
        var turn = await worker.NextTurnAsync();
        turn.NewEvents[1].TaskFailed.FailureDetails.ErrorMessage.ShouldContain("'elsewhere' cannot be reached");
        turn.NewEvents[2].ChildWorkflowInstanceFailed.FailureDetails.ErrorType.ShouldBe("CrossAppNotSupported");
        worker.HasNothing().ShouldBeTrue();
    }
}

using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>Answers that no right worker gives, and instances that cannot go on.</summary>
public sealed class BadAnswersTests
{
    public static TheoryData<string, WorkflowAction[]> Wrong => new()
    {
        { "of an unknown type", [new WorkflowAction { Id = 3 }] },
        { "the id 0 of activity 'B'", [ManualWorker.Schedule(0, "A"), ManualWorker.Schedule(0, "B")] },
        { "cannot be completed as Running", [ManualWorker.Complete(null, OrchestrationStatus.Running)] },
        { "sends event 'e' to no instance", [new WorkflowAction { SendEvent = new SendEventAction { Name = "e" } }] },
        { "job name is invalid", [new WorkflowAction { CreateChildWorkflow = new CreateChildWorkflowAction { Name = "x", InstanceId = "a/b" } }] },
        { "terminates no instance", [new WorkflowAction { TerminateWorkflow = new TerminateWorkflowAction() }] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task an_answer_that_cannot_be_right_fails_the_instance_with_the_reason(string reason, WorkflowAction[] actions)
    {
        var log = new KeptLog();
        await using var file = await EngineFile.CreateAsync(loggers: log);
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", actions);
        var state = await file.EndAsync("a");
        (state.WorkflowStatus, state.FailureDetails.ErrorType).ShouldBe((OrchestrationStatus.Failed, "InvalidWorkflowAnswer"));
        state.FailureDetails.ErrorMessage.ShouldContain(reason);
        log.Has(reason).ShouldBeTrue();
        worker.HasNothing().ShouldBeTrue();
    }

    [Fact]
    public async Task an_activity_id_that_is_still_open_cannot_be_used_again()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(5, "A"));
        await worker.NextActivityAsync();
        await file.RaiseAsync("a", "e");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(5, "A"));
        (await file.EndAsync("a")).FailureDetails.ErrorMessage.ShouldContain("has not answered yet");
    }

    [Fact]
    public async Task a_timer_and_an_activity_may_have_the_same_id()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", new WorkflowAction { Id = 8, CreateTimer = new CreateTimerAction() }, ManualWorker.Schedule(8, "A"));
        var items = new[] { await worker.NextAsync(), await worker.NextAsync() };
        items.Single(static i => i.ActivityRequest is not null).ActivityRequest.TaskId.ShouldBe(8);
        items.Single(static i => i.WorkflowRequest is not null).WorkflowRequest.NewEvents[1].TimerFired.TimerId.ShouldBe(8);
    }

    [Fact]
    public async Task an_answer_of_older_code_stalls_the_instance_until_a_fitting_worker_connects()
    {
        var log = new KeptLog();
        await using var file = await EngineFile.CreateAsync(loggers: log);
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync(Patched("a", ["p1", "p2"]));
        file.Engine.History("a").Events[0].WorkflowStarted.Version.Patches.ShouldBe(["p1", "p2"]);
        await file.RaiseAsync("a", "e");
        await worker.NextTurnAsync();
        await worker.AnswerAsync(Patched("a", ["p2"]));
        file.Status("a").ShouldBe(OrchestrationStatus.Stalled);
        await Eventually.HoldsAsync(() => log.Has("Patch mismatch. History patches: [p1, p2], current patches: [p2]."));
        worker.HasNothing().ShouldBeTrue();
        (await Should.ThrowAsync<WorkflowException>(file.RaiseAsync("a", "e"))).Message.ShouldEndWith("actor is stalled");
        await using var killed = await file.AfterKillAsync();
        killed.Status("a").ShouldBe(OrchestrationStatus.Stalled);
        worker.Dispose();
        foreach (var (where, after) in new[] { (file, file.ConnectByHand()), (killed, killed.ConnectByHand()) })
        {
            (await after.NextTurnAsync()).NewEvents[1].EventRaised.Name.ShouldBe("e");
            await after.AnswerAsync(Patched("a", ["p1"]));
            where.Status("a").ShouldBe(OrchestrationStatus.Stalled);
            where.Engine.History("a").Events.Count(static e => e.ExecutionStalled is not null).ShouldBe(2);
            after.HasNothing().ShouldBeTrue();
            after.Dispose();
            using var right = where.ConnectByHand();
            await right.NextTurnAsync();
            await right.AnswerAsync(Patched("a", ["p1", "p2", "p3"]));
            where.Status("a").ShouldBe(OrchestrationStatus.Running);
            where.Engine.History("a").Events.Last(static e => e.WorkflowStarted is not null).WorkflowStarted.Version.Patches.ShouldBe(["p3"]);
        }
    }

    [Fact]
    public async Task an_instance_that_outgrows_a_message_stalls_and_only_force_removes_it()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Big"), ManualWorker.Schedule(1, "Big"));
        await worker.AnswerAsync(await worker.NextActivityAsync(), new string('x', 2_000_000));
        await worker.NextAsync();
        await file.Engine.CompleteActivityAsync(
            new ActivityResponse { InstanceId = "a", TaskId = 1, Result = new string('x', 2_000_000) }, CancellationToken.None);
        await worker.AnswerAsync("a");
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Stalled);
        file.Engine.History("a").Events[^1].ExecutionStalled.Description.ShouldContain("exceeds 95% of max gRPC body size 4194304 bytes");
        var purge = new PurgeInstancesRequest { InstanceId = "a" };
        (await Should.ThrowAsync<WorkflowException>(file.Engine.PurgeAsync(purge, CancellationToken.None))).Message
            .ShouldBe("orchestration has not yet completed");
        await using var killed = await file.AfterKillAsync();
        killed.Status("a").ShouldBe(OrchestrationStatus.Stalled);
        purge.Force = true;
        (await killed.Engine.PurgeAsync(purge, CancellationToken.None)).DeletedInstanceCount.ShouldBe(1);
        killed.Count("inbox").ShouldBe(0);
    }

    [Fact]
    public async Task an_answer_that_is_ignored_does_not_take_a_stalled_instance_its_new_chance()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("X", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync(Patched("a", ["p1"]));
        await file.RaiseAsync("a", "e");
        await worker.NextTurnAsync();
        await worker.AnswerAsync(Patched("a", ["p2"]));
        worker.Dispose();
        using var fitting = file.ConnectByHand();
        await worker.AnswerAsync(Patched("a", ["p2"])); // once more, before anybody has taken the turn
        await fitting.NextTurnAsync();
        await fitting.AnswerAsync(Patched("a", ["p1"]));
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
    }

    private static WorkflowResponse Patched(string id, string[] patches) =>
        new() { InstanceId = id, Version = new WorkflowVersion { Patches = { patches }, Name = "X" } };
}

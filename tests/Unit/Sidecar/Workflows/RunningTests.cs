using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class RunningTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Three", async c => await c.CallAsync("Add", await c.CallAsync("Add", await c.CallAsync("Add", c.Input))))
        .Add("FanOut", async c => string.Join(',', await Task.WhenAll(Enumerable.Range(0, 20).Select(i => c.CallAsync("Add", $"{i}")))))
        .Add("Refused", async c => await c.CallAsync("Refuse"))
        .Add("LeavesOneBehind", async c => await await Task.WhenAny(c.CallAsync("Add", "1"), c.CallAsync("Slow")))
        .Add("Status", async c =>
        {
            c.CustomStatus = "asking";
            var answer = await c.CallAsync("Add", "1");
            c.CustomStatus = null;
            return answer;
        })
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}")
        .AddActivity("Refuse", static (string? _) => throw new InvalidOperationException("no stock"));

    [Fact]
    public async Task a_workflow_of_three_activities_runs_to_its_end()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var state = await file.EndAsync(await file.StartAsync("Three", "1"));
        state.WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
        (state.Name, state.Input, state.Output).ShouldBe(("Three", "1", "4"));
        state.StartedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task activities_of_one_turn_run_side_by_side()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.EndAsync(await file.StartAsync("FanOut"))).Output.ShouldBe(string.Join(',', Enumerable.Range(1, 20)));
    }

    [Fact]
    public async Task a_failed_activity_is_told_to_the_workflow_with_its_details()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var state = await file.EndAsync(await file.StartAsync("Refused"));
        state.WorkflowStatus.ShouldBe(OrchestrationStatus.Failed);
        state.FailureDetails.ErrorMessage.ShouldBe("InvalidOperationException: no stock");
    }

    [Fact]
    public async Task a_pending_instance_has_neither_name_nor_times()
    {
        await using var file = await EngineFile.CreateAsync();
        var start = file.StartAsync("Three", "1", "a");
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Pending);
        var state = file.State("a");
        state.Name.ShouldBeEmpty();
        state.StartedAt.ShouldBeNull();
        state.CreatedTimestamp.Seconds.ShouldBe(-62_135_596_800);
        start.IsCompleted.ShouldBeFalse();
        file.Connect(Code);
        await start;
    }

    [Fact]
    public async Task the_custom_status_is_that_of_the_last_answer()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Status", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await starting;
        file.State("a").CustomStatus.ShouldBe("asking");
        await worker.AnswerAsync(await worker.NextActivityAsync(), "2");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        (await file.EndAsync("a")).CustomStatus.ShouldBeNull();
    }

    [Fact]
    public async Task every_turn_has_the_whole_history_and_begins_with_a_new_start()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Three", "1", "a");
        var first = await worker.NextTurnAsync();
        first.PastEvents.ShouldBeEmpty();
        first.NewEvents.Select(static e => e.EventTypeCase).ShouldBe(
            [HistoryEvent.EventTypeOneofCase.WorkflowStarted, HistoryEvent.EventTypeOneofCase.ExecutionStarted]);
        first.NewEvents.ShouldAllBe(static e => e.EventId == -1);
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "1"));
        var activity = await worker.NextActivityAsync();
        (activity.Name, activity.Input, activity.TaskId, activity.WorkflowInstance.InstanceId).ShouldBe(("Add", "1", 0, "a"));
        await worker.AnswerAsync(activity, "2");
        var second = await worker.NextTurnAsync();
        second.PastEvents.Select(static e => e.EventTypeCase).ShouldBe([
            HistoryEvent.EventTypeOneofCase.WorkflowStarted, HistoryEvent.EventTypeOneofCase.ExecutionStarted,
            HistoryEvent.EventTypeOneofCase.TaskScheduled]);
        second.NewEvents.Select(static e => e.EventTypeCase).ShouldBe(
            [HistoryEvent.EventTypeOneofCase.WorkflowStarted, HistoryEvent.EventTypeOneofCase.TaskCompleted]);
        second.NewEvents[1].Router.SourceAppID.ShouldBe(EngineFile.App);
        second.NewEvents[1].TaskCompleted.Result.ShouldBe("2");
    }

    [Fact]
    public async Task an_activity_that_nobody_waited_for_runs_though_its_workflow_has_ended()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("LeavesOneBehind", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Slow"), ManualWorker.Complete("done"));
        await starting;
        (await file.EndAsync("a")).Output.ShouldBe("done");
        var left = await worker.NextActivityAsync();
        await using var killed = await file.AfterKillAsync();
        using var other = killed.ConnectByHand();
        (await other.NextActivityAsync()).ShouldBe(left);
        await other.AnswerAsync(left, "late");
        killed.State("a").Output.ShouldBe("done");
        await using var again = await killed.AfterKillAsync();
        using var third = again.ConnectByHand();
        third.HasNothing().ShouldBeTrue();
    }

    [Fact]
    public async Task finished_instances_leave_memory()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        foreach (var id in await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => file.StartAsync("Three", "1"))))
        {
            await file.EndAsync(id);
        }
        await Eventually.HoldsAsync(() => file.Engine.InstancesInMemory == 0);
    }

    [Fact]
    public async Task of_those_that_only_wait_no_more_stay_in_memory_than_the_limit_allows()
    {
        await using var file = await EngineFile.CreateAsync(idleBytesMax: 5_000);
        file.Connect(new Workflows().Add("Asks", static async c => await c.EventAsync("go", TimeSpan.FromHours(1))));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => file.StartAsync("Asks", id: $"w{i}")));
        await Eventually.HoldsAsync(() => file.Engine.InstancesInMemory <= 4);
        file.Count("timers").ShouldBe(100);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => file.RaiseAsync($"w{i}", "go", $"{i}")));
        for (var i = 0; i < 100; i++)
        {
            (await file.EndAsync($"w{i}")).Output.ShouldBe($"{i}");
        }
        file.Count("timers").ShouldBe(0);
    }

    [Fact]
    public async Task an_id_is_made_where_none_is_given_and_illegal_ones_are_refused()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.StartAsync("Three", "1")).ShouldNotBeEmpty();
        foreach (var id in (string[])["a/b", "\u00e4", new string('x', 300), "a\nb"])
        {
            var refusal = await Should.ThrowAsync<WorkflowException>(file.StartAsync("Three", "1", id));
            refusal.Message.ShouldContain("job name is invalid");
        }
        (await file.EndAsync(await file.StartAsync("Three", "1", "with space || and bars"))).Output.ShouldBe("4");
    }

    [Fact]
    public async Task unknown_instances_are_told_as_daprd_tells_them()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Engine.Get(new GetInstanceRequest { InstanceId = "x" }).Exists.ShouldBeFalse();
        (await Should.ThrowAsync<WorkflowException>(file.RaiseAsync("x", "e"))).Message.ShouldBe("no such instance exists");
        Should.Throw<WorkflowException>(() => file.Engine.History("x")).Message.ShouldBe("workflow instance 'x' not found");
    }

    [Fact]
    public async Task ids_are_listed_in_pages()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => file.StartAsync("Three", "1", $"i{i}")));
        var page = file.Engine.List(new ListInstanceIDsRequest { PageSize = 2 });
        page.InstanceIds.ShouldBe(["i0", "i1"]);
        page.ContinuationToken.ShouldBe("2");
        var last = file.Engine.List(new ListInstanceIDsRequest { PageSize = 3, ContinuationToken = "2" });
        last.InstanceIds.ShouldBe(["i2", "i3", "i4"]);
        last.HasContinuationToken.ShouldBeFalse();
        file.Engine.List(new ListInstanceIDsRequest()).InstanceIds.Count.ShouldBe(5);
        Should.Throw<WorkflowException>(() => file.Engine.List(new ListInstanceIDsRequest { ContinuationToken = "x" }));
    }
}

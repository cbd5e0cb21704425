using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class ControlTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Asks", async c => await c.EventAsync("go"))
        .Add("Parent", async c => await c.ChildAsync("Middle", id: "middle"))
        .Add("Middle", async c => await c.ChildAsync("Asks", id: "leaf"))
        .Add("Quick", c => Task.FromResult(c.Input));

    [Fact]
    public async Task a_held_instance_says_so_and_goes_on_when_told()
    {
        await using var file = await EngineFile.CreateAsync();
        var worker = file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        await file.Engine.SuspendAsync(new SuspendRequest { InstanceId = "a", Reason = string.Empty }, CancellationToken.None);
        file.Status("a").ShouldBe(OrchestrationStatus.Suspended);
        file.Engine.History("a").Events[^1].ExecutionSuspended.Input.ShouldBeNull();
        await using (var killed = await file.AfterKillAsync())
        {
            killed.Status("a").ShouldBe(OrchestrationStatus.Suspended);
        }
        await file.Engine.SuspendAsync(new SuspendRequest { InstanceId = "a", Reason = "again" }, CancellationToken.None);
        await file.Engine.ResumeAsync(new ResumeRequest { InstanceId = "a" }, CancellationToken.None);
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
        await file.Engine.ResumeAsync(new ResumeRequest { InstanceId = "a" }, CancellationToken.None);
        await file.RaiseAsync("a", "go", "1");
        await file.EndAsync("a");
        worker.Turns.ShouldBe(6);
    }

    [Fact]
    public async Task a_held_instance_still_gets_its_events()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        await file.Engine.SuspendAsync(new SuspendRequest { InstanceId = "a" }, CancellationToken.None);
        await file.RaiseAsync("a", "go", "1");
        (await file.EndAsync("a")).Output.ShouldBe("1"); // to hold back is the worker's part
    }

    [Fact]
    public async Task an_instance_is_terminated_by_its_worker()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a", Output = "enough" }, CancellationToken.None);
        file.Status("a").ShouldBe(OrchestrationStatus.Terminated);
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a" }, CancellationToken.None);
        await file.Engine.SuspendAsync(new SuspendRequest { InstanceId = "a" }, CancellationToken.None);
    }

    [Fact]
    public async Task an_instance_whose_worker_does_not_end_it_is_ended_with_the_given_output()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var terminating = file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a", Output = "enough" }, CancellationToken.None);
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Never"));
        await terminating;
        (file.State("a").WorkflowStatus, file.State("a").Output).ShouldBe((OrchestrationStatus.Terminated, "enough"));
        worker.HasNothing().ShouldBeTrue();
    }

    [Fact]
    public async Task children_end_with_their_parent_where_that_is_asked_for()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Parent", id: "a");
        await Eventually.HoldsAsync(() => file.Status("leaf") == OrchestrationStatus.Running);
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a", Recursive = true }, CancellationToken.None);
        (await file.EndAsync("middle")).WorkflowStatus.ShouldBe(OrchestrationStatus.Terminated);
        (await file.EndAsync("leaf")).WorkflowStatus.ShouldBe(OrchestrationStatus.Terminated);
    }

    [Fact]
    public async Task children_stay_where_it_is_not()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Parent", id: "a");
        await Eventually.HoldsAsync(() => file.Status("leaf") == OrchestrationStatus.Running);
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a" }, CancellationToken.None);
        await file.RaiseAsync("leaf", "go", "1");
        (await file.EndAsync("middle")).Output.ShouldBe("1");
    }

    [Fact]
    public async Task an_active_id_is_taken_and_a_finished_one_is_free_again()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        var refusal = await Should.ThrowAsync<WorkflowException>(file.StartAsync("Quick", "2", "a"));
        (refusal.Error, refusal.Message).ShouldBe((WorkflowError.AlreadyExists, "an active workflow with ID 'a' already exists"));
        await file.RaiseAsync("a", "go", "1");
        await file.EndAsync("a");
        (await file.EndAsync(await file.StartAsync("Quick", "2", "a"))).Output.ShouldBe("2");
        file.Engine.History("a").Events.Count.ShouldBe(3);
        await using var killed = await file.AfterKillAsync();
        killed.State("a").Output.ShouldBe("2");
    }

    [Fact]
    public async Task of_many_starts_with_one_id_exactly_one_succeeds()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var starts = Enumerable.Range(0, 20).Select(_ => Task.Run(() => file.StartAsync("Asks", id: "a"))).ToList();
        await Task.WhenAll(starts.Select(static s => s.ContinueWith(static _ => { }, TaskScheduler.Default)));
        starts.Count(static s => s.IsCompletedSuccessfully).ShouldBe(1);
        starts.Where(static s => s.IsFaulted).Select(static s => ((WorkflowException)s.Exception!.InnerException!).Error)
            .ShouldBe(Enumerable.Repeat(WorkflowError.AlreadyExists, 19));
    }

    [Fact]
    public async Task a_caller_that_has_left_does_not_take_its_start_along()
    {
        await using var file = await EngineFile.CreateAsync();
        using var impatient = new CancellationTokenSource();
        var start = file.StartAsync("Quick", "1", "a", impatient.Token);
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Pending);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(start);
        file.Connect(Code);
        (await file.EndAsync("a")).Output.ShouldBe("1");
    }

    [Fact]
    public async Task a_wait_for_an_unknown_instance_lasts_until_there_is_one()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var started = file.Engine.WaitForStartAsync(new GetInstanceRequest { InstanceId = "a" }, CancellationToken.None);
        var ended = file.EndAsync("a");
        await file.StartAsync("Quick", "1", "a");
        (await started).Exists.ShouldBeTrue();
        (await ended).Output.ShouldBe("1");
    }

    [Fact]
    public async Task purge_forgets_a_finished_instance_with_all_its_rows_and_counts_children()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Parent", id: "a");
        await Eventually.HoldsAsync(() => file.Status("leaf") == OrchestrationStatus.Running);
        (await Should.ThrowAsync<WorkflowException>(PurgeAsync(file, "a"))).Message.ShouldBe("orchestration has not yet completed");
        await file.RaiseAsync("leaf", "go", "1");
        await file.EndAsync("a");
        (await PurgeAsync(file, "a", recursive: true)).DeletedInstanceCount.ShouldBe(3);
        file.State("a").ShouldBeNull();
        file.Engine.List(new ListInstanceIDsRequest()).InstanceIds.ShouldBeEmpty();
        file.Count("history").ShouldBe(0);
        (await Should.ThrowAsync<WorkflowException>(PurgeAsync(file, "a"))).Message.ShouldBe("no such instance exists");
        (await Should.ThrowAsync<WorkflowException>(PurgeAsync(file, "a", recursive: true))).Message
            .ShouldBe("failed to fetch workflow state: no such instance exists");
    }

    [Fact]
    public async Task purge_by_force_removes_a_running_instance_whose_worker_is_then_ignored()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var old = await worker.NextTurnAsync();
        await file.RaiseAsync("a", "go", "1");
        (await PurgeAsync(file, "a", force: true)).DeletedInstanceCount.ShouldBe(1);
        file.Count("inbox").ShouldBe(0);
        _ = file.StartAsync("Quick", "2", "a");
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Pending);
        worker.HasNothing().ShouldBeTrue();
        await worker.AnswerAsync("a", ManualWorker.Complete("of the old one"));
        var fresh = await worker.NextTurnAsync();
        fresh.NewEvents[1].ExecutionStarted.Name.ShouldBe("Quick");
        await worker.AnswerAsync(Replay.Run(fresh, Code));
        (await file.EndAsync("a")).Output.ShouldBe("2");
        old.InstanceId.ShouldBe("a");
    }

    [Fact]
    public async Task a_filter_is_refused()
    {
        await using var file = await EngineFile.CreateAsync();
        var request = new PurgeInstancesRequest { PurgeInstanceFilter = new PurgeInstanceFilter() };
        await Should.ThrowAsync<WorkflowException>(file.Engine.PurgeAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task orders_that_undo_each_other_within_one_turn_are_all_answered()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        await worker.NextTurnAsync();
        var suspending = file.Engine.SuspendAsync(new SuspendRequest { InstanceId = "a" }, CancellationToken.None);
        var resuming = file.Engine.ResumeAsync(new ResumeRequest { InstanceId = "a" }, CancellationToken.None);
        await Eventually.HoldsAsync(() => file.Count("inbox") == 2);
        suspending.IsCompleted.ShouldBeFalse();
        await worker.AnswerAsync("a");
        (await worker.NextTurnAsync()).NewEvents.Count.ShouldBe(3);
        await worker.AnswerAsync("a");
        await Task.WhenAll(suspending, resuming).WaitAsync(EngineFile.Deadline, TimeProvider.System);
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
    }

    [Fact]
    public async Task who_waits_for_an_instance_that_is_purged_by_force_is_told()
    {
        await using var file = await EngineFile.CreateAsync();
        var starting = file.StartAsync("Asks", id: "a");
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Pending);
        var terminating = file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a" }, CancellationToken.None);
        await Eventually.HoldsAsync(() => file.Count("inbox") == 1);
        await PurgeAsync(file, "a", force: true);
        (await Should.ThrowAsync<WorkflowException>(starting)).Error.ShouldBe(WorkflowError.NotFound);
        (await Should.ThrowAsync<WorkflowException>(terminating)).Error.ShouldBe(WorkflowError.NotFound);
    }

    [Fact]
    public async Task a_start_that_is_too_large_to_be_given_to_anybody_is_answered()
    {
        await using var file = await EngineFile.CreateAsync();
        await file.StartAsync("Asks", new string('x', 4_100_000), "a");
        file.Status("a").ShouldBe(OrchestrationStatus.Stalled);
    }

    private static Task<PurgeInstancesResponse> PurgeAsync(EngineFile file, string id, bool recursive = false, bool force = false) =>
        file.Engine.PurgeAsync(new PurgeInstancesRequest { InstanceId = id, Recursive = recursive, Force = force }, CancellationToken.None);
}

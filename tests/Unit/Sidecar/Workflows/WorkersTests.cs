using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class WorkersTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Two", async c => await c.CallAsync("Add", await c.CallAsync("Add", c.Input)))
        .Add("Asks", async c => await c.EventAsync("a") + await c.EventAsync("b"))
        .Add("Fan", async c => $"{(await Task.WhenAll(Enumerable.Range(0, 300).Select(i => c.CallAsync("Add", $"{i}")))).Length}")
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task two_workers_share_the_work()
    {
        await using var file = await EngineFile.CreateAsync();
        var one = file.Connect(Code);
        var two = file.Connect(Code);
        file.Engine.ConnectedWorkers.ShouldBe(2);
        var ids = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => file.StartAsync("Two", "1")));
        await Task.WhenAll(ids.Select(file.EndAsync));
        (one.Turns + two.Turns, one.Activities + two.Activities).ShouldBe((300, 200));
        one.Turns.ShouldBeInRange(30, 270);
        one.Activities.ShouldBeInRange(20, 180);
    }

    [Fact]
    public async Task what_a_lost_worker_has_not_answered_goes_to_another_at_once_and_in_order()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        var starts = Enumerable.Range(0, 3).Select(i => file.StartAsync("Two", "1", $"i{i}")).ToList();
        var given = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            given.Add((await lost.NextTurnAsync()).InstanceId);
        }
        using var other = file.ConnectByHand();
        other.HasNothing().ShouldBeTrue();
        lost.Dispose();
        file.Engine.ConnectedWorkers.ShouldBe(1);
        foreach (var id in given)
        {
            (await other.NextTurnAsync()).InstanceId.ShouldBe(id);
        }
        starts.ShouldAllBe(static s => !s.IsCompleted);
    }

    [Fact]
    public async Task a_late_answer_of_a_lost_worker_counts_and_the_second_one_does_not()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Two", "1", "a");
        await lost.AnswerAsync(Replay.Run(await lost.NextTurnAsync(), Code));
        var activity = await lost.NextActivityAsync();
        lost.Dispose();
        using var other = file.ConnectByHand();
        (await other.NextActivityAsync()).ShouldBe(activity);
        await lost.AnswerAsync(activity, "10");
        await other.AnswerAsync(activity, "20");
        var turn = await other.NextTurnAsync();
        turn.NewEvents.Count.ShouldBe(2);
        turn.NewEvents[1].TaskCompleted.Result.ShouldBe("10");
    }

    [Fact]
    public async Task a_turn_given_again_has_what_arrived_meanwhile_and_a_new_time()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var first = await lost.NextTurnAsync();
        await RaiseAsync(file, "a", "1");
        lost.Dispose();
        using var other = file.ConnectByHand();
        var again = await other.NextTurnAsync();
        again.NewEvents.Skip(1).Take(1).ShouldBe(first.NewEvents.Skip(1));
        again.NewEvents[2].EventRaised.Input.ShouldBe("1");
        again.NewEvents[0].Timestamp.ShouldBeGreaterThan(first.NewEvents[0].Timestamp);
    }

    [Fact]
    public async Task an_answer_to_the_first_of_two_different_deliveries_does_not_lose_what_the_second_held()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var first = await lost.NextTurnAsync();
        await RaiseAsync(file, "a", "1");
        await RaiseAsync(file, "b", "2");
        lost.Dispose();
        using var other = file.ConnectByHand();
        await other.NextTurnAsync();
        await lost.AnswerAsync(Replay.Run(first, Code)); // it has seen neither event
        var extra = await other.NextTurnAsync();
        extra.NewEvents.Count.ShouldBe(1);
        await other.AnswerAsync(Replay.Run(extra, Code));
        (await file.EndAsync("a")).Output.ShouldBe("12");
    }

    [Fact]
    public async Task that_extra_turn_is_not_lost_in_a_kill()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var first = await lost.NextTurnAsync();
        await RaiseAsync(file, "a", "1");
        await RaiseAsync(file, "b", "2");
        lost.Dispose();
        using var other = file.ConnectByHand();
        await other.NextTurnAsync();
        await lost.AnswerAsync(Replay.Run(first, Code));
        await using var killed = await file.AfterKillAsync();
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("12");
    }

    [Fact]
    public async Task an_instance_has_one_turn_out_at_a_time()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        using var idle = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var turn = await Task.WhenAny(worker.NextTurnAsync(), idle.NextTurnAsync());
        await RaiseAsync(file, "a", "1");
        worker.HasNothing().ShouldBeTrue();
        idle.HasNothing().ShouldBeTrue();
        await worker.AnswerAsync(Replay.Run(await turn, Code));
    }

    [Fact]
    public async Task a_worker_holds_no_more_than_its_share_until_it_answers()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Fan", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var held = new List<ActivityRequest>();
        for (var i = 0; i < 80; i++)
        {
            held.Add(await worker.NextActivityAsync());
        }
        worker.HasNothing().ShouldBeTrue();
        // Turns still find room.
        var starts = Enumerable.Range(0, 30).Select(i => file.StartAsync("Asks", id: $"w{i}")).ToList();
        for (var i = 0; i < 20; i++)
        {
            await worker.NextTurnAsync();
        }
        worker.HasNothing().ShouldBeTrue();
        await worker.AnswerAsync(held[0], "1");
        (await worker.NextAsync()).ShouldNotBeNull(); // A turn, or an activity where the last starts are not stored yet.
        file.Connect(Code);
        worker.Dispose();
        (await file.EndAsync("a")).Output.ShouldBe("300");
        await Task.WhenAll(starts);
    }

    [Fact]
    public async Task answers_that_match_nothing_are_taken_and_ignored()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        await worker.AnswerAsync("unknown", ManualWorker.Complete());
        await file.Engine.CompleteActivityAsync(new ActivityResponse { InstanceId = "unknown", TaskId = 3 }, CancellationToken.None);
        _ = file.StartAsync("Two", "1", "a");
        var turn = await worker.NextTurnAsync();
        await worker.AnswerAsync(Replay.Run(turn, Code));
        await worker.AnswerAsync(Replay.Run(turn, Code));
        await file.Engine.CompleteActivityAsync(new ActivityResponse { InstanceId = "a", TaskId = 9 }, CancellationToken.None);
        var activity = await worker.NextActivityAsync();
        await worker.AnswerAsync(activity, "2");
        await worker.AnswerAsync(activity, "99");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await worker.AnswerAsync(await worker.NextActivityAsync(), "3");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        (await file.EndAsync("a")).Output.ShouldBe("3");
        file.Engine.InstancesInMemory.ShouldBe(0);
    }

    [Fact]
    public async Task a_stopped_engine_ends_sessions_and_waits()
    {
        var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var waiting = file.Engine.WaitForCompletionAsync(new GetInstanceRequest { InstanceId = "never" }, CancellationToken.None);
        var session = file.Engine.Connect();
        await file.DisposeAsync();
        (await session.WaitAsync(CancellationToken.None)).ShouldBeFalse();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task an_answer_that_names_an_earlier_turn_is_not_taken_for_one_to_this_turn()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var first = await lost.NextAsync();
        lost.Dispose();
        using var other = file.ConnectByHand();
        var again = await other.NextAsync();
        await lost.AnswerAsync(first, Code);
        await RaiseAsync(file, "a", "1");
        await RaiseAsync(file, "b", "2");
        var second = await other.NextAsync();
        await other.AnswerAsync(again, Code); // waits for "a", which has come
        await other.AnswerAsync(second, Code);
        if (second.WorkflowRequest.NewEvents.Count == 2)
        {
            await other.AnswerAsync(await other.NextAsync(), Code);
        }
        (await file.EndAsync("a")).Output.ShouldBe("12");
    }

    [Fact]
    public async Task an_answer_that_names_its_delivery_leaves_what_only_the_other_one_held_to_the_next_turn()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        var first = await lost.NextAsync();
        await RaiseAsync(file, "a", "1");
        lost.Dispose();
        using var other = file.ConnectByHand();
        (await other.NextTurnAsync()).NewEvents.Count.ShouldBe(3);
        await lost.AnswerAsync(first, Code);
        (await other.NextTurnAsync()).NewEvents[1].EventRaised.Input.ShouldBe("1");
    }

    [Fact]
    public async Task an_activitys_answer_that_names_it_counts_after_a_restart_before_it_is_given_again()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Two", "1", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var activity = await worker.NextAsync();
        await file.RestartAsync();
        using var back = file.ConnectByHand();
        await back.AnswerAsync(activity, "10");
        back.Dispose();
        var other = file.Connect(Code);
        (await file.EndAsync("a")).Output.ShouldBe("11");
        other.Activities.ShouldBe(1);
    }

    [Fact]
    public async Task a_token_of_a_workers_own_is_ignored()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Asks", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync(new WorkflowResponse { InstanceId = "a", CompletionToken = "mine", Actions = { ManualWorker.Complete("1") } });
        (await file.EndAsync("a")).Output.ShouldBe("1");
    }

    [Fact]
    public async Task a_turn_that_has_become_too_large_meanwhile_is_given_again_as_it_was()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        var starting = file.StartAsync("Asks", id: "a");
        await lost.NextTurnAsync();
        for (var i = 0; i < 3; i++)
        {
            await file.RaiseAsync("a", "large", new string('x', 1_500_000));
        }
        lost.Dispose();
        using var other = file.ConnectByHand();
        var again = await other.NextAsync();
        again.CalculateSize().ShouldBeLessThan(4 << 20);
        await other.AnswerAsync(again, Code);
        await starting;
        file.Status("a").ShouldBe(OrchestrationStatus.Stalled);
        for (var i = 0; i < 3; i++)
        {
            using var late = file.ConnectByHand();
            await Should.ThrowAsync<global::Sidecar.Workflows.WorkflowException>(file.RaiseAsync("a", "x"));
        }
        file.Engine.History("a").Events.Count(static e => e.ExecutionStalled is not null).ShouldBe(1);
    }

    // An event is acknowledged when it is stored, and put into the turn just after that. What is refused behind it was looked at later still.
    private static async Task RaiseAsync(EngineFile file, string name, string input)
    {
        await file.RaiseAsync("a", name, input);
        await Should.ThrowAsync<global::Sidecar.Workflows.WorkflowException>(
            file.Engine.PurgeAsync(new PurgeInstancesRequest { InstanceId = "a" }, CancellationToken.None));
    }
}

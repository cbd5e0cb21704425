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
        await file.RaiseAsync("a", "a", "1");
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
        await file.RaiseAsync("a", "a", "1");
        await file.RaiseAsync("a", "b", "2");
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
        await file.RaiseAsync("a", "a", "1");
        await file.RaiseAsync("a", "b", "2");
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
        await file.RaiseAsync("a", "a", "1");
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
        (await worker.NextTurnAsync()).ShouldNotBeNull();
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
}

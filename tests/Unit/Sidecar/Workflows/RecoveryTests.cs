using Microsoft.Extensions.Time.Testing;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>What a new process finds when the old one was killed, at every place where that makes a difference.</summary>
public sealed class RecoveryTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Two", async c => await c.CallAsync("Add", await c.CallAsync("Add", c.Input)))
        .Add("Fan", async c => $"{(await Task.WhenAll(Enumerable.Range(0, 50).Select(i => c.CallAsync("Add", $"{i}")))).Length}")
        .Add("Sleeps", async c =>
        {
            await c.SleepAsync(TimeSpan.FromMinutes(5));
            return "awake";
        })
        .Add("Parent", async c => await c.ChildAsync("Two", c.Input, "child"))
        .Add("Asks", async c => await c.EventAsync("go"))
        .Add("Asks in time", async c => await c.EventAsync("go", TimeSpan.FromMinutes(10)) ?? "timed out")
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task a_start_that_nobody_has_answered_is_given_out_after_a_kill()
    {
        await using var file = await EngineFile.CreateAsync();
        _ = file.StartAsync("Two", "1", "a");
        await Eventually.HoldsAsync(() => file.Status("a") == OrchestrationStatus.Pending);
        await using var killed = await file.AfterKillAsync();
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("3");
    }

    [Fact]
    public async Task a_kill_after_any_acknowledgement_loses_nothing_of_it()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Two", "1", "a");

        var turn = await worker.NextTurnAsync();
        await GoesOnAfterKillAsync(file);
        await worker.AnswerAsync(Replay.Run(turn, Code));
        await starting;
        await GoesOnAfterKillAsync(file);
        var activity = await worker.NextActivityAsync();
        await GoesOnAfterKillAsync(file);
        await worker.AnswerAsync(activity, "2");
        await GoesOnAfterKillAsync(file, activities: 1);
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await GoesOnAfterKillAsync(file, activities: 1);
        await worker.AnswerAsync(await worker.NextActivityAsync(), "3");
        await GoesOnAfterKillAsync(file, activities: 0);
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await GoesOnAfterKillAsync(file, activities: 0);
    }

    [Fact]
    public async Task a_redelivered_activity_is_the_same_byte_for_byte()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Two", "1", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var activity = await worker.NextActivityAsync();
        await using var killed = await file.AfterKillAsync();
        using var other = killed.ConnectByHand();
        (await other.NextActivityAsync()).ShouldBe(activity);
    }

    [Fact]
    public async Task an_answer_that_comes_after_a_restart_before_its_item_is_given_again_is_ignored()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Two", "1", "a");
        var turn = await worker.NextTurnAsync();
        await file.RestartAsync();
        await file.Engine.CompleteTurnAsync(Replay.Run(turn, Code), CancellationToken.None);
        file.Status("a").ShouldBe(OrchestrationStatus.Pending);
        file.Connect(Code);
        (await file.EndAsync("a")).Output.ShouldBe("3");
    }

    [Fact]
    public async Task a_timer_that_became_due_while_nobody_ran_fires_at_once()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        file.Connect(Code);
        await file.StartAsync("Sleeps", id: "a");
        var later = new FakeTimeProvider(time.GetUtcNow() + TimeSpan.FromHours(1));
        await using var killed = await file.AfterKillAsync(later);
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("awake");
    }

    [Fact]
    public async Task a_timer_that_has_fired_fires_again_if_no_turn_has_seen_it()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Sleeps", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await starting;
        time.Advance(TimeSpan.FromMinutes(6));
        (await worker.NextTurnAsync()).NewEvents[1].TimerFired.TimerId.ShouldBe(0);
        await using var killed = await file.AfterKillAsync();
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("awake");
        killed.Engine.History("a").Events.Count(static e => e.TimerFired is not null).ShouldBe(1);
    }

    [Fact]
    public async Task a_child_is_started_once_though_the_kill_came_right_after_its_parents_turn()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Parent", "1", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await starting;
        await using var killed = await file.AfterKillAsync();
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("3");
        killed.Engine.History("child").Events.Count(static e => e.TaskScheduled is not null).ShouldBe(2);
        killed.Engine.History("a").Events.Count(static e => e.ChildWorkflowInstanceCompleted is not null).ShouldBe(1);
    }

    [Fact]
    public async Task events_that_were_accepted_are_seen_after_a_kill_in_their_order()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Asks", id: "a");
        var turn = await worker.NextTurnAsync();
        await file.RaiseAsync("a", "go", "first");
        await file.RaiseAsync("a", "GO", "second");
        await using var killed = await file.AfterKillAsync();
        using var other = killed.ConnectByHand();
        var again = await other.NextTurnAsync();
        again.NewEvents.Skip(2).Select(static e => e.EventRaised.Input).ShouldBe(["first", "second"]);
        await other.AnswerAsync(Replay.Run(again, Code));
        (await killed.EndAsync("a")).Output.ShouldBe("first");
        turn.NewEvents.Count.ShouldBe(2);
        starting.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task a_restart_reads_nothing_of_instances_that_are_finished_or_only_wait()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Two", "1"));
        await file.StartAsync("Asks", id: "waits");
        await file.RestartAsync();
        file.Engine.InstancesInMemory.ShouldBe(0);
        file.Connect(Code);
        await file.RaiseAsync("waits", "go", "now");
        (await file.EndAsync("waits")).Output.ShouldBe("now");
    }

    [Fact]
    public async Task a_change_that_cannot_be_stored_is_told_and_everything_goes_on_once_it_can()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        file.Execute("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Two", "1", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await starting;
        var activity = await worker.NextActivityAsync();
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(worker.AnswerAsync(activity, "2"));
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(Advancing(file.RaiseAsync("a", "go"), time));
        file.Execute("DROP TRIGGER full");
        var again = worker.NextActivityAsync();
        (await Advancing(again, time)).ShouldBe(activity);
        await Advancing(worker.AnswerAsync(activity, "2"), time);
        await worker.AnswerAsync(Replay.Run(await Advancing(worker.NextTurnAsync(), time), Code));
        await worker.AnswerAsync(await worker.NextActivityAsync(), "3");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        (await file.EndAsync("a")).Output.ShouldBe("3");
    }

    [Fact]
    public async Task a_turn_that_cannot_be_stored_comes_again()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Two", "1", "a");
        var turn = await worker.NextTurnAsync();
        file.Execute("CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(worker.AnswerAsync(Replay.Run(turn, Code)));
        file.Status("a").ShouldBe(OrchestrationStatus.Pending);
        file.Execute("DROP TRIGGER full");
        await worker.AnswerAsync(Replay.Run(await Advancing(worker.NextTurnAsync(), time), Code));
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
    }

    [Fact]
    public async Task an_event_accepted_before_the_kill_comes_before_a_timer_that_became_due_after_it()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        var worker = file.Connect(Code);
        await file.StartAsync("Asks in time", id: "a");
        worker.Dispose();
        await file.RaiseAsync("a", "go", "here");
        await using var killed = await file.AfterKillAsync(new FakeTimeProvider(time.GetUtcNow() + TimeSpan.FromHours(1)));
        killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("here");
    }

    [Fact]
    public async Task an_activity_whose_answer_was_accepted_before_the_kill_is_not_run_again()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Fan", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var held = new List<WorkItem>();
        for (var i = 0; i < 50; i++)
        {
            held.Add(await worker.NextAsync());
        }
        await Task.WhenAll(held.Select(h => worker.AnswerAsync(h, "1")));
        await using var killed = await file.AfterKillAsync();
        var after = killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("50");
        after.Activities.ShouldBe(0);
    }

    [Fact]
    public async Task what_was_accepted_before_a_turn_that_could_not_be_stored_comes_with_it_again()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        await using var file = await EngineFile.CreateAsync(time);
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Any", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "A"), ManualWorker.Schedule(1, "B"));
        await starting;
        await worker.AnswerAsync(await worker.NextActivityAsync(), "1");
        var second = (await worker.NextAsync()).ActivityRequest;
        var turn = await worker.NextTurnAsync();
        await worker.AnswerAsync(second, "2");
        await file.RaiseAsync("a", "go");
        file.Execute("CREATE TRIGGER full BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(worker.AnswerAsync("a"));
        file.Execute("DROP TRIGGER full");
        var again = await Advancing(worker.NextTurnAsync(), time);
        turn.NewEvents.Count.ShouldBe(2);
        again.NewEvents.Skip(1).Select(static e => e.TaskCompleted?.Result ?? e.EventRaised.Name).ShouldBe(["1", "2", "go"]);
        await worker.AnswerAsync("a", ManualWorker.Complete("done"));
        (await file.EndAsync("a")).Output.ShouldBe("done");
        worker.HasNothing().ShouldBeTrue();
        file.Count("inbox").ShouldBe(0);
    }

    private static async Task GoesOnAfterKillAsync(EngineFile file, int activities = 2)
    {
        await using var killed = await file.AfterKillAsync();
        var worker = killed.Connect(Code);
        (await killed.EndAsync("a")).Output.ShouldBe("3");
        worker.Activities.ShouldBe(activities);
    }

    // The engine waits before it tries again, by the clock that is the test's.
    private static async Task<T> Advancing<T>(Task<T> task, FakeTimeProvider time)
    {
        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return task.IsCompleted;
        });
        return await task;
    }

    private static Task Advancing(Task task, FakeTimeProvider time) => Advancing(Wrap(task), time);

    private static async Task<bool> Wrap(Task task)
    {
        await task;
        return true;
    }
}

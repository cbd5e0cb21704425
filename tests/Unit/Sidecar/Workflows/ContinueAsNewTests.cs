using Microsoft.Extensions.Time.Testing;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class ContinueAsNewTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Counts", async c =>
        {
            var n = Workflows.Number(await c.CallAsync("Add", c.Input));
            return n < 5 ? c.ContinueAsNew($"{n}") : $"{n}";
        })
        .Add("Spins", c => Task.FromResult(Workflows.Number(c.Input) < 45 ? c.ContinueAsNew($"{Workflows.Number(c.Input) + 1}") : c.Input))
        .Add("Collects", async c =>
        {
            var sum = Workflows.Number(c.Input) + Workflows.Number(await c.EventAsync("n"));
            return sum < 6 ? c.ContinueAsNew($"{sum}") : $"{sum}";
        })
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task every_generation_begins_with_an_empty_history()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var state = await file.EndAsync(await file.StartAsync("Counts", "0", "a"));
        (state.Output, state.Input).ShouldBe(("5", "4"));
        file.Engine.History("a").Events.Count(static e => e.TaskScheduled is not null).ShouldBe(1);
    }

    [Fact]
    public async Task events_that_were_not_read_go_along_in_order()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Collects", "0", "a");
        var first = await worker.NextTurnAsync();
        await file.RaiseAsync("a", "n", "1");
        await file.RaiseAsync("a", "n", "2");
        await worker.AnswerAsync(Replay.Run(first, Code));
        var second = await worker.NextTurnAsync();
        await file.RaiseAsync("a", "n", "3");
        await worker.AnswerAsync(Replay.Run(second, Code));
        var third = await worker.NextTurnAsync();
        third.PastEvents.ShouldBeEmpty();
        third.NewEvents[1].ExecutionStarted.Input.ShouldBe("1");
        third.NewEvents[1].ExecutionStarted.WorkflowInstance.ShouldNotBe(first.NewEvents[1].ExecutionStarted.WorkflowInstance);
        third.NewEvents[0].Router.SourceAppID.ShouldBe(EngineFile.App);
        third.NewEvents.Skip(2).Select(static e => e.EventRaised.Input).ShouldBe(["2", "3"]);
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
        await using var killed = await file.AfterKillAsync();
        using var after = killed.ConnectByHand();
        (await after.NextTurnAsync()).NewEvents.Skip(1).ShouldBe(third.NewEvents.Skip(1));
        killed.Connect(Code);
        after.Dispose();
        (await killed.EndAsync("a")).Output.ShouldBe("6");
    }

    [Fact]
    public async Task an_instance_that_continues_without_end_waits_now_and_then()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));
        var log = new KeptLog();
        await using var file = await EngineFile.CreateAsync(time, log);
        var worker = file.Connect(Code);
        await file.StartAsync("Spins", "0", "a");
        await Eventually.HoldsAsync(() => worker.Turns == 21);
        await Eventually.HoldsAsync(() => log.Has("continued as new 21 times"));
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => worker.Turns == 42 && log.Count("continued as new 21 times") == 2);
        time.Advance(TimeSpan.FromSeconds(1));
        (await file.EndAsync("a")).Output.ShouldBe("45");
    }

    [Fact]
    public async Task a_late_answer_to_the_old_generation_is_not_taken_for_one_to_the_new()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Counts", "0", "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "old"));
        var old = await worker.NextActivityAsync();
        await file.RaiseAsync("a", "x");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Complete("1", OrchestrationStatus.ContinuedAsNew));
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "new"));
        worker.HasNothing().ShouldBeTrue();
        await worker.AnswerAsync(old, "stale");
        var activity = await worker.NextActivityAsync();
        activity.Input.ShouldBe("new");
        await worker.AnswerAsync(activity, "fresh");
        (await worker.NextTurnAsync()).NewEvents[1].TaskCompleted.Result.ShouldBe("fresh");
    }

    [Fact]
    public async Task an_activity_waits_for_its_namesake_of_the_old_generation_no_longer_than_that_ones_worker_lives()
    {
        await using var file = await EngineFile.CreateAsync();
        using var lost = file.ConnectByHand();
        _ = file.StartAsync("Counts", "0", "a");
        await lost.NextTurnAsync();
        await lost.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "old"));
        await lost.NextActivityAsync();
        await file.RaiseAsync("a", "x");
        await lost.NextTurnAsync();
        await lost.AnswerAsync("a", ManualWorker.Complete("1", OrchestrationStatus.ContinuedAsNew));
        await lost.NextTurnAsync();
        await lost.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "new"));
        using var other = file.ConnectByHand();
        lost.Dispose();
        (await other.NextActivityAsync()).Input.ShouldBe("new");
    }

    [Fact]
    public async Task an_order_to_end_is_not_lost_with_the_old_generation()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Collects", "0", "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        var terminating = file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a", Output = "stop" }, CancellationToken.None);
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Complete("9", OrchestrationStatus.ContinuedAsNew));
        await terminating;
        var state = file.State("a");
        (state.WorkflowStatus, state.Output, state.Input).ShouldBe((OrchestrationStatus.Terminated, "stop", "0"));
    }

    [Fact]
    public async Task an_event_that_is_stored_together_with_the_end_of_a_generation_comes_once()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Collects", "0", "a");
        await worker.NextTurnAsync();
        var together = new List<Task>();
        using (file.Hold())
        {
            together.Add(file.RaiseAsync("a", "n", "1"));
            together.Add(file.RaiseAsync("a", "n", "2"));
            together.Add(worker.AnswerAsync("a", ManualWorker.Complete("0", OrchestrationStatus.ContinuedAsNew)));
        }
        await Task.WhenAll(together);
        await file.RaiseAsync("a", "n", "3");
        var seen = await worker.NextTurnAsync();
        await worker.AnswerAsync("a");
        var events = seen.NewEvents.ToList();
        if (events.Count < 5)
        {
            events.AddRange((await worker.NextTurnAsync()).NewEvents);
        }
        events.Select(static e => e.EventRaised?.Input).OfType<string>().ShouldBe(["1", "2", "3"]);
        file.Count("inbox").ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task an_answer_that_names_its_generation_is_known_after_a_restart()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("Counts", "0", "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "old"));
        var old = await worker.NextAsync();
        await file.RaiseAsync("a", "x");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Complete("1", OrchestrationStatus.ContinuedAsNew));
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", ManualWorker.Schedule(0, "Add", "new"));
        await file.RestartAsync();
        using var other = file.ConnectByHand();
        var activity = await other.NextAsync();
        activity.ActivityRequest.Input.ShouldBe("new");
        await other.AnswerAsync(old, "stale");
        await other.AnswerAsync(activity, "fresh");
        (await other.NextTurnAsync()).NewEvents[1].TaskCompleted.Result.ShouldBe("fresh");
    }
}

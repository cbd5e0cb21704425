using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Workflows;
using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Persistence;
using Sidecar.Workflows.Running;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class TimersAndEventsTests
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static readonly Workflows Code = new Workflows()
        .Add("Sleeps", async c =>
        {
            await c.SleepAsync(TimeSpan.FromMinutes(Workflows.Number(c.Input)));
            return $"{c.Now:HH:mm}";
        })
        .Add("Asks", async c => await c.EventAsync("go", TimeSpan.FromMinutes(10)) ?? "timed out")
        .Add("AsksTwice", async c => await c.EventAsync("a") + await c.EventAsync("b"))
        .Add("Sends", c =>
        {
            c.Send(c.Input!, "go", "hello");
            return Task.FromResult<string?>("sent");
        });

    [Fact]
    public async Task a_timer_fires_when_it_is_due_and_not_before()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time);
        var worker = file.Connect(Code);
        await file.StartAsync("Sleeps", "5", "a");
        time.Advance(TimeSpan.FromMinutes(4));
        await file.StartAsync("Sleeps", "60", "b");
        worker.Turns.ShouldBe(2);
        time.Advance(TimeSpan.FromMinutes(1));
        (await file.EndAsync("a")).Output.ShouldBe("08:05");
        file.Status("b").ShouldBe(OrchestrationStatus.Running);
    }

    [Fact]
    public async Task a_timer_of_the_past_fires_at_once()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.EndAsync(await file.StartAsync("Sleeps", "-5"))).WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
    }

    [Theory]
    [InlineData(long.MaxValue, OrchestrationStatus.Running)]
    [InlineData(long.MinValue, OrchestrationStatus.Completed)]
    public async Task a_timer_outside_all_time_counts_as_the_nearest_possible_one(long seconds, OrchestrationStatus status)
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Any", id: "a");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a", new WorkflowAction { CreateTimer = new CreateTimerAction { FireAt = new Timestamp { Seconds = seconds } } });
        await starting;
        if (status == OrchestrationStatus.Completed)
        {
            (await worker.NextTurnAsync()).NewEvents[1].TimerFired.FireAt.Seconds.ShouldBe(seconds);
            await worker.AnswerAsync("a", ManualWorker.Complete());
        }
        file.Status("a").ShouldBe(status);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(5, true)]
    public void a_timer_of_the_generation_before_does_not_fire_its_namesake(int minutes, bool fires)
    {
        var state = new InstanceState(7, "a", new HistoryEvent { ExecutionStarted = new ExecutionStartedEvent { Name = "W" } }, null);
        var fireAt = Timestamp.FromDateTimeOffset(Morning.AddMinutes(minutes));
        state.Append(new HistoryEvent { TimerCreated = new TimerCreatedEvent { FireAt = fireAt } });
        var nothing = new WorkToDo(0, 0, [], [], []);
        var context = new EngineContext(EngineFile.App, null!, nothing, TimeProvider.System, EngineFile.NextId, NullLogger.Instance)
        {
            Timers = null!,
            Instances = null!,
        };
        var late = new TimerOperation(state.Key, timer: 0, Morning.AddMinutes(5).ToUnixTimeMilliseconds());
        late.Run(new InstanceScope("a", context, new OpenWork("a", context)) { State = state });
        state.Inbox.Exists(static e => e.Event.TimerFired is not null).ShouldBe(fires);
    }

    [Fact]
    public async Task starts_that_lie_ahead_wait_in_the_file_and_not_in_memory()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time, idleBytesMax: 0);
        for (var i = 0; i < 5; i++)
        {
            await file.Engine.StartAsync(
                new CreateInstanceRequest
                {
                    InstanceId = $"later{i}",
                    Name = "Sleeps",
                    Input = "0",
                    ScheduledStartTimestamp = Timestamp.FromDateTimeOffset(time.GetUtcNow() + TimeSpan.FromHours(1)),
                },
                CancellationToken.None);
        }
        await Eventually.HoldsAsync(() => file.Engine.InstancesInMemory <= 1);
        file.Connect(Code);
        time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 5; i++)
        {
            (await file.EndAsync($"later{i}")).Output.ShouldBe("09:00");
        }
    }

    [Fact]
    public async Task a_timer_far_away_fires_after_months()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time);
        file.Connect(Code);
        await file.StartAsync("Sleeps", $"{TimeSpan.FromDays(100).TotalMinutes}", "a");
        for (var day = 0; day < 99; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
        }
        file.Status("a").ShouldBe(OrchestrationStatus.Running);
        time.Advance(TimeSpan.FromDays(1));
        await file.EndAsync("a");
    }

    [Fact]
    public async Task an_event_that_comes_in_time_makes_its_timer_superfluous()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time);
        using var worker = file.ConnectByHand();
        var starting = file.StartAsync("Asks", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await starting;
        await file.RaiseAsync("a", "GO", "now");
        await worker.NextTurnAsync();
        await worker.AnswerAsync("a"); // it goes on with something else, and does not end
        time.Advance(TimeSpan.FromHours(1));
        await file.RaiseAsync("a", "other");
        var next = await worker.NextTurnAsync();
        next.NewEvents.Count.ShouldBe(2);
        next.NewEvents[1].EventRaised.Name.ShouldBe("other");
        await using var killed = await file.AfterKillAsync();
        using var after = killed.ConnectByHand();
        (await after.NextTurnAsync()).NewEvents.ShouldAllBe(static e => e.TimerFired == null);
    }

    [Fact]
    public async Task without_an_event_the_wait_times_out()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time);
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        time.Advance(TimeSpan.FromMinutes(11));
        (await file.EndAsync("a")).Output.ShouldBe("timed out");
    }

    [Fact]
    public async Task events_are_kept_until_the_workflow_waits_for_them()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("AsksTwice", id: "a");
        await file.RaiseAsync("a", "b", "2");
        await file.RaiseAsync("a", "a", "1");
        (await file.EndAsync("a")).Output.ShouldBe("12");
        await file.RaiseAsync("a", "a", "for a finished one, without effect");
    }

    [Fact]
    public async Task an_event_raised_twice_is_seen_twice()
    {
        await using var file = await EngineFile.CreateAsync();
        using var worker = file.ConnectByHand();
        _ = file.StartAsync("AsksTwice", id: "a");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await file.RaiseAsync("a", "a", "1");
        await worker.AnswerAsync(Replay.Run(await worker.NextTurnAsync(), Code));
        await file.RaiseAsync("a", "a", "1");
        (await worker.NextTurnAsync()).NewEvents[1].EventRaised.Input.ShouldBe("1");
    }

    [Fact]
    public async Task an_event_reaches_another_instance()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        (await file.EndAsync(await file.StartAsync("Sends", "a", "b"))).Output.ShouldBe("sent");
        (await file.EndAsync("a")).Output.ShouldBe("hello");
        file.Engine.History("b").Events.ShouldContain(static e => e.EventSent != null && e.EventSent.InstanceId == "a");
        (await file.EndAsync(await file.StartAsync("Sends", "nobody", "c"))).Output.ShouldBe("sent");
    }

    [Fact]
    public async Task a_scheduled_start_waits_for_its_time_also_over_a_restart()
    {
        var time = new FakeTimeProvider(Morning);
        await using var file = await EngineFile.CreateAsync(time);
        var worker = file.Connect(Code);
        var request = new CreateInstanceRequest
        {
            InstanceId = "a",
            Name = "Sleeps",
            Input = "0",
            ScheduledStartTimestamp = Timestamp.FromDateTimeOffset(Morning + TimeSpan.FromHours(2)),
        };
        await file.Engine.StartAsync(request, CancellationToken.None);
        await file.RaiseAsync("a", "early");
        worker.Turns.ShouldBe(0);
        await Should.ThrowAsync<WorkflowException>(file.Engine.StartAsync(request, CancellationToken.None));
        await file.RestartAsync();
        file.Status("a").ShouldBe(OrchestrationStatus.Pending);
        file.Connect(Code);
        time.Advance(TimeSpan.FromHours(3));
        (await file.EndAsync("a")).Output.ShouldBe("11:00");
    }
}

using Microsoft.Extensions.Time.Testing;
using Sidecar.Resources;
using Sidecar.Workflows.Logic;
using Sidecar.Workflows.Running;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

/// <summary>When finished instances are forgotten.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
    private static readonly WorkflowRetentionPolicy AnHour = new(null, TimeSpan.FromHours(1), null, null);

    private static readonly Workflows Code = new Workflows()
        .Add("Echo", static c => Task.FromResult(c.Input))
        .Add("Throws", static _ => Task.FromException<string?>(new InvalidOperationException("no")))
        .Add("Asks", static async c => await c.EventAsync("go"))
        .Add("Parent", static async c =>
        {
            await c.ChildAsync("Echo", c.Input, "child");
            return await c.EventAsync("go");
        });

    private readonly FakeTimeProvider _time = new(Morning);

    [Fact]
    public async Task a_finished_instance_is_forgotten_with_all_its_rows_once_its_time_has_passed_and_not_before()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        await file.StartAsync("Asks", id: "runs");
        foreach (var id in (string[])["first", "second"])
        {
            await file.EndAsync(await file.StartAsync("Echo", "1", id));
            var ended = _time.GetUtcNow();
            _time.Advance(TimeSpan.FromMinutes(59));
            file.State(id).Output.ShouldBe("1");
            await ForgottenAsync(file, id);
            (_time.GetUtcNow() - ended).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(1));
        }
        file.Status("runs").ShouldBe(OrchestrationStatus.Running);
        file.Count("instances").ShouldBe(1);
        file.Count("history").ShouldBe(2);
        file.Engine.InstancesInMemory.ShouldBe(1);
    }

    [Fact]
    public async Task the_time_of_an_end_goes_before_that_of_any_end()
    {
        // Farther apart than the clock can come while this test waits.
        var policy = new WorkflowRetentionPolicy(TimeSpan.FromHours(1), TimeSpan.FromHours(1000), null, TimeSpan.FromHours(300));
        await using var file = await EngineFile.CreateAsync(_time, retention: policy);
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Echo", id: "completed"));
        await file.EndAsync(await file.StartAsync("Throws", id: "failed"));
        await file.StartAsync("Asks", id: "terminated");
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "terminated" }, CancellationToken.None);

        await ForgottenAsync(file, "failed");
        foreach (var (id, hours) in ((string, int)[])[("terminated", 300), ("completed", 1000)])
        {
            var due = Morning + TimeSpan.FromHours(hours);
            _time.SetUtcNow(due - TimeSpan.FromMinutes(1));
            file.Status(id).ShouldNotBeNull();
            await ForgottenAsync(file, id);
            _time.GetUtcNow().ShouldBeGreaterThanOrEqualTo(due);
        }
    }

    [Fact]
    public async Task an_end_without_a_time_is_kept_for_ever()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Throws", id: "failed"));
        await file.EndAsync(await file.StartAsync("Echo", id: "completed"));
        await ForgottenAsync(file, "completed");
        for (var day = 0; day < 100; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
        }
        await file.EndAsync(await file.StartAsync("Echo", id: "completed"));
        await ForgottenAsync(file, "completed");
        file.Status("failed").ShouldBe(OrchestrationStatus.Failed);
    }

    [Fact]
    public async Task without_a_policy_everything_is_kept_and_a_policy_that_comes_later_is_good_for_it()
    {
        await using var file = await EngineFile.CreateAsync(_time);
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Echo", "1", "a"));
        _time.Advance(TimeSpan.FromDays(365));
        await file.RestartAsync();
        file.State("a").Output.ShouldBe("1");

        await using var other = await file.AfterKillAsync(retention: AnHour);
        await Eventually.HoldsAsync(() => other.Status("a") is null);
        file.State("a").Output.ShouldBe("1");
    }

    [Fact]
    public async Task a_restart_does_not_begin_the_time_anew()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Echo", id: "a"));
        _time.Advance(TimeSpan.FromMinutes(59));
        await using var early = await file.AfterKillAsync(new FakeTimeProvider(_time.GetUtcNow()));
        await using var late = await file.AfterKillAsync(new FakeTimeProvider(_time.GetUtcNow() + TimeSpan.FromMinutes(1)));

        await Eventually.HoldsAsync(() => late.Status("a") is null);
        early.Status("a").ShouldBe(OrchestrationStatus.Completed);
    }

    [Fact]
    public async Task an_instance_that_was_started_again_is_kept_and_counts_from_its_new_end()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Echo", "old", "a"));
        await file.EndAsync(await file.StartAsync("Echo", id: "runs"));
        _time.Advance(TimeSpan.FromMinutes(59));
        await file.StartAsync("Asks", id: "runs");
        await file.EndAsync(await file.StartAsync("Echo", "new", "a"));
        _time.Advance(TimeSpan.FromMinutes(59));
        file.State("a").Output.ShouldBe("new");
        await ForgottenAsync(file, "a");

        (_time.GetUtcNow() - Morning).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(119));
        file.Status("runs").ShouldBe(OrchestrationStatus.Running);
    }

    [Theory]
    [InlineData(7, true, true)]
    [InlineData(6, true, false)]
    [InlineData(7, false, false)]
    public void only_the_stored_instance_whose_time_has_passed_is_deleted(long key, bool hasEnded, bool isDeleted)
    {
        var start = new HistoryEvent { ExecutionStarted = new ExecutionStartedEvent { Name = "Echo" } };
        var state = new InstanceState(7, "a", start, null);
        if (hasEnded)
        {
            state.Append(new HistoryEvent { ExecutionCompleted = new ExecutionCompletedEvent { WorkflowStatus = OrchestrationStatus.Completed } });
        }
        var scope = new InstanceScope("a", null!, null!) { State = state };
        new ExpireOperation(key).Run(scope);
        scope.State.ShouldBe(isDeleted ? null : state);
        (scope.Change.Deleted, scope.Change.HasAny).ShouldBe(isDeleted ? (7, true) : (null, false));
    }

    [Fact]
    public async Task starts_and_expiries_of_the_same_ids_at_the_same_time_never_lose_a_run()
    {
        var policy = new WorkflowRetentionPolicy(TimeSpan.Zero, null, null, null);
        await using var file = await EngineFile.CreateAsync(_time, retention: policy);
        file.Connect(Code);
        using var stop = new CancellationTokenSource();
        var advancing = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    await Task.Yield();
                }
            },
            CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            for (var run = 0; run < 50; run++)
            {
                // Whoever waits is told of the end, though the instance is forgotten at once.
                var id = await file.StartAsync("Asks", id: $"order-{client}");
                var ended = file.EndAsync(id);
                await file.RaiseAsync(id, "go", $"{run}");
                (await ended).Output.ShouldBe($"{run}");
            }
        }));
        await Eventually.HoldsAsync(() => file.Count("instances") == 0);
        await stop.CancelAsync();
        await advancing;
        file.Count("history").ShouldBe(0);
    }

    [Fact]
    public async Task a_terminate_is_answered_though_the_instance_is_forgotten_at_once()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: new WorkflowRetentionPolicy(TimeSpan.Zero, null, null, null));
        file.Connect(Code);
        await file.StartAsync("Asks", id: "a");
        await file.Engine.TerminateAsync(new TerminateRequest { InstanceId = "a" }, CancellationToken.None);
        await ForgottenAsync(file, "a");
    }

    [Fact]
    public async Task a_child_goes_by_its_own_end_and_its_parent_goes_on()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        await file.StartAsync("Parent", id: "parent");
        await file.EndAsync("child");
        await ForgottenAsync(file, "child");
        file.Status("parent").ShouldBe(OrchestrationStatus.Running);
        await file.RaiseAsync("parent", "go", "done");
        (await file.EndAsync("parent")).Output.ShouldBe("done");
        await ForgottenAsync(file, "parent");
    }

    [Fact]
    public async Task one_that_cannot_be_deleted_keeps_no_other_and_is_tried_again()
    {
        await using var file = await EngineFile.CreateAsync(_time, retention: AnHour);
        file.Connect(Code);
        foreach (var id in (string[])["a", "stuck", "b"])
        {
            await file.EndAsync(await file.StartAsync("Echo", id: id));
        }
        file.Execute("CREATE TRIGGER stuck BEFORE DELETE ON instances WHEN OLD.id = 'stuck' BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        await ForgottenAsync(file, "a");
        await ForgottenAsync(file, "b");
        file.Status("stuck").ShouldBe(OrchestrationStatus.Completed);
        file.Execute("DROP TRIGGER stuck");
        await ForgottenAsync(file, "stuck");
    }

    [Fact]
    public async Task more_than_a_batch_goes_at_once_after_a_restart()
    {
        await using var file = await EngineFile.CreateAsync(_time);
        file.Connect(Code);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => await file.EndAsync(await file.StartAsync("Echo", id: $"order-{i}"))));
        _time.Advance(TimeSpan.FromHours(1));
        await using var other = await file.AfterKillAsync(retention: AnHour);
        await Eventually.HoldsAsync(() => other.Count("instances") == 0);
        other.Count("history").ShouldBe(0);
    }

    // The engine sleeps by the clock that is the test's, and may not have begun to when that is set forward.
    private Task ForgottenAsync(EngineFile file, string id) => Eventually.HoldsAsync(() =>
    {
        if (file.Status(id) is null)
        {
            return true;
        }
        _time.Advance(TimeSpan.FromMinutes(1));
        return false;
    });
}

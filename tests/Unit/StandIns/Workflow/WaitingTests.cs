using Dapr.Workflow;
using Google.Protobuf.WellKnownTypes;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class WaitingTests
{
    [Fact]
    public async Task an_event_that_comes_before_its_wait_is_kept_and_taken_in_order()
    {
        var instance = New(async context =>
        {
            await context.CallActivityAsync("Slow");
            return $"{await GoAsync(context)} {await GoAsync(context)}";
        });

        await instance.StartAsync();
        await instance.RaiseAsync("GO", "one");
        await instance.RaiseAsync("other", "x");
        await instance.RaiseAsync("Go", "two");
        await instance.CompleteAsync(0, null);

        instance.Result.ShouldBe("\"one two\"");
    }

    [Fact]
    public async Task waits_on_one_name_are_served_in_their_order()
    {
        var instance = New(async context => string.Join(' ', await Task.WhenAll(GoAsync(context), GoAsync(context))));

        await instance.StartAsync();
        await instance.TurnAsync(instance.Raised("go", "one"), instance.Raised("go", "two"));

        instance.Result.ShouldBe("\"one two\"");
    }

    [Fact]
    public async Task a_wait_with_a_time_ends_with_the_event_or_with_the_timer()
    {
        static SimulatedInstance Waiting() => New(async context =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromMinutes(1));
            }
            catch (TaskCanceledException)
            {
                return await context.CallActivityAsync<string>("Late");
            }
        });
        var inTime = Waiting();
        var late = Waiting();

        await inTime.StartAsync();
        await late.StartAsync();
        await inTime.RaiseAsync("go", "in time");
        await late.FireAsync(0);
        await late.RaiseAsync("go", "too late");
        await late.CompleteAsync(1, "late");

        inTime.Asked[0].CreateTimer.ExternalEvent.Name.ShouldBe("go");
        inTime.Result.ShouldBe("\"in time\"");
        late.Result.ShouldBe("\"late\"");
    }

    [Fact]
    public async Task an_event_that_nobody_waited_for_in_time_serves_the_next_wait()
    {
        var instance = New(async context =>
        {
            try
            {
                await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromMinutes(1));
            }
            catch (TaskCanceledException)
            {
                // Goes on to the next wait.
            }

            return await GoAsync(context);
        });

        await instance.StartAsync();
        await instance.FireAsync(0);
        await instance.RaiseAsync("go", "second wait");

        instance.Result.ShouldBe("\"second wait\"");
    }

    [Fact]
    public async Task a_wait_without_end_has_a_timer_that_never_fires_and_a_wait_without_time_none()
    {
        var endless = New(context => context.WaitForExternalEventAsync<string>("go", Timeout.InfiniteTimeSpan));
        var timeless = New(context => context.WaitForExternalEventAsync<string>("go", TimeSpan.Zero));

        await endless.StartAsync();
        await timeless.StartAsync();

        endless.Asked[0].CreateTimer.FireAt.ShouldBe(new Timestamp { Seconds = 253402300799, Nanos = 999999999 });
        timeless.Asked.ShouldBeEmpty();
        timeless.Failure.ShouldBe("System.Threading.Tasks.TaskCanceledException");
    }

    [Fact]
    public async Task a_cancelled_wait_leaves_its_event_to_the_next_one_and_a_cancelled_timer_fires_unseen()
    {
        var instance = New(async context =>
        {
            using var end = new CancellationTokenSource();
            var first = context.WaitForExternalEventAsync<string>("go", end.Token);
            var timer = context.CreateTimer(TimeSpan.FromMinutes(1), end.Token);
            await context.CallActivityAsync("A");
#pragma warning disable CA1849, MA0042 // CancelAsync would leave the turn's thread.
            end.Cancel();
#pragma warning restore CA1849, MA0042
            return $"{first.IsCanceled} {timer.IsCanceled} {await GoAsync(context)}";
        });

        await instance.StartAsync();
        await instance.CompleteAsync(1, null);
        await instance.FireAsync(0);
        await instance.RaiseAsync("go", "second");

        instance.Result.ShouldBe("\"True True second\"");
    }

    [Fact]
    public async Task a_failed_activity_is_called_again_after_growing_waits_until_its_attempts_are_used_up()
    {
        var retry = new WorkflowTaskOptions(new WorkflowRetryPolicy(
            maxNumberOfAttempts: 4, TimeSpan.FromSeconds(1), backoffCoefficient: 3, maxRetryInterval: TimeSpan.FromSeconds(5)));
        var instance = New(context => context.CallActivityAsync<string>("Flaky", "in", retry));
        var waits = new List<double>();

        await instance.StartAsync();
        for (var call = 0; call < 6; call += 2)
        {
            var timer = (await instance.FailAsync(call)).Actions.ShouldHaveSingleItem();
            timer.CreateTimer.ActivityRetry.TaskExecutionId.ShouldBe(instance.Asked[0].ScheduleTask.TaskExecutionId);
            waits.Add(WaitOf(instance, timer));
            await instance.FireAsync(call + 1);
        }

        await instance.FailAsync(6, message: "the last word");

        waits.ShouldBe([1, 3, 5]);
        instance.Failure.ShouldBe("Dapr.Workflow.WorkflowTaskFailedException");
        instance.Ended!.FailureDetails.ErrorMessage.ShouldBe("Task failed: the last word");
    }

    [Fact]
    public async Task no_attempt_begins_after_the_retry_timeout()
    {
        var retry = new WorkflowTaskOptions(new WorkflowRetryPolicy(
            maxNumberOfAttempts: 100, TimeSpan.FromSeconds(2), retryTimeout: TimeSpan.FromSeconds(4)));
        var instance = New(context => context.CallActivityAsync<string>("Flaky", "in", retry));

        await instance.StartAsync();
        await instance.FailAsync(0);
        await instance.FireAsync(1);
        await instance.FailAsync(2);

        instance.Ended.ShouldNotBeNull();
    }

    [Fact]
    public async Task continue_as_new_begins_with_an_empty_history_and_takes_untaken_events_along()
    {
        var instance = New(async context =>
        {
            var first = await GoAsync(context);
            if (first == "again")
            {
                await context.CallActivityAsync("A");
                context.ContinueAsNew();
                return "";
            }

            return first;
        });

        await instance.StartAsync();
        await instance.RaiseAsync("go", "again");
        await instance.RaiseAsync("go", "end");
        await instance.CompleteAsync(0, null);
        instance.NextGeneration!.Length.ShouldBe(2);
        await instance.TurnAsync(instance.NextGeneration);

        instance.Result.ShouldBe("\"end\"");
    }

    [Fact]
    public async Task a_suspended_instance_does_nothing_and_keeps_its_status_until_it_is_resumed()
    {
        var instance = New(async context =>
        {
            context.SetCustomStatus("working");
            var first = await context.CallActivityAsync<string>("A");
            return await context.CallActivityAsync<string>("B", first) + await GoAsync(context);
        });

        await instance.StartAsync();
        (await instance.SuspendAsync()).Actions.ShouldBeEmpty();
        (await instance.CompleteAsync(0, "a")).Actions.ShouldBeEmpty();
        (await instance.RaiseAsync("go", "!")).Actions.ShouldBeEmpty();
        instance.CustomStatus.ShouldBe("\"working\"");

        (await instance.ResumeAsync()).Actions.ShouldHaveSingleItem().ScheduleTask.Input.ShouldBe("\"a\"");
        await instance.CompleteAsync(1, "b");

        instance.Result.ShouldBe("\"b!\"");
    }

    [Fact]
    public async Task what_was_asked_for_in_the_turn_of_a_suspension_goes_out_when_it_is_resumed()
    {
        var instance = New(async context => await context.CallActivityAsync<string>("B", await context.CallActivityAsync<string>("A")));

        await instance.StartAsync();
        await instance.TurnAsync(instance.Completed(0, "a"), new HistoryEvent { ExecutionSuspended = new() });
        instance.Asked.Count.ShouldBe(1);
        await instance.ResumeAsync();
        await instance.CompleteAsync(1, "b");

        instance.Result.ShouldBe("\"b\"");
    }

    [Fact]
    public async Task a_history_whose_worker_went_on_while_suspended_can_be_gone_on_with()
    {
        var instance = New(async context => await context.CallActivityAsync<string>("B", await GoAsync(context)));

        await instance.StartAsync();
        await instance.SuspendAsync();
        await instance.TurnAsync(instance.Raised("go", "x"), new HistoryEvent { TaskScheduled = new() { Name = "B" } });
        await instance.ResumeAsync();
        await instance.CompleteAsync(0, "b");

        instance.Result.ShouldBe("\"b\"");
    }

    [Fact]
    public async Task termination_ends_an_instance_whatever_came_with_it_also_a_suspended_one()
    {
        var instance = New(context => context.CallActivityAsync<string>("A"));
        var suspended = New(context => context.CallActivityAsync<string>("A"));

        await instance.StartAsync();
        await instance.TurnAsync(new HistoryEvent { ExecutionTerminated = new() }, instance.Completed(0, "a"));
        await suspended.StartAsync();
        await suspended.SuspendAsync();
        await suspended.TerminateAsync();

        instance.Ended!.WorkflowStatus.ShouldBe(OrchestrationStatus.Terminated);
        suspended.Ended!.WorkflowStatus.ShouldBe(OrchestrationStatus.Terminated);
    }

    private static double WaitOf(SimulatedInstance instance, WorkflowAction timer) =>
        (timer.CreateTimer.FireAt.ToDateTime() - instance.Now).TotalSeconds;

    private static Task<string> GoAsync(WorkflowContext context) => context.WaitForExternalEventAsync<string>("go");

    private static SimulatedInstance New(Func<WorkflowContext, Task<string>> code) => new(
        "one", "W", input: null, workflows => workflows.RegisterWorkflow<object?, string>("W", (context, _) => code(context)));
}

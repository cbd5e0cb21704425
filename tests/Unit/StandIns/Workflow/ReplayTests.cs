using Dapr.Workflow;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class ReplayTests
{
    [Fact]
    public async Task code_goes_on_after_each_result_and_sees_the_same_ids_and_times_on_every_replay()
    {
        var runs = new List<(Guid Id, DateTime Clock, bool Replaying)>();
        var instance = New(async (context, input) =>
        {
            runs.Add((context.NewGuid(), context.CurrentUtcDateTime, context.IsReplaying));
            var first = await context.CallActivityAsync<int>("Add", input);
            var second = await context.CallActivityAsync<int>("Add", first);
            return $"{second} {context.CurrentUtcDateTime:ss} {context.IsReplaying}";
        });

        await instance.StartAsync();
        await instance.CompleteAsync(0, 2);
        await instance.CompleteAsync(1, 3);

        instance.Result.ShouldBe("\"3 03 False\"");
        runs.Select(run => (run.Id, run.Clock)).Distinct().Count().ShouldBe(1);
        runs.Select(run => run.Replaying).ShouldBe([false, true, true]);
    }

    [Fact]
    public async Task a_replay_safe_logger_writes_each_line_once()
    {
        var instance = New(async (context, _) =>
        {
            var logger = context.CreateReplaySafeLogger("test");
            Write(logger, "begun");
            await context.CallActivityAsync("A");
            Write(logger, "done");
            return "";
        });

        await instance.StartAsync();
        instance.Log.Count("begun").ShouldBe(1);
        await instance.CompleteAsync(0, null);
        instance.Log.Count("begun").ShouldBe(0);
        instance.Log.Count("done").ShouldBe(1);
    }

    [Fact]
    public async Task the_first_of_several_wins_and_the_late_one_changes_nothing()
    {
        var instance = New(async (context, _) =>
        {
            var fast = context.CallActivityAsync<string>("Fast");
            var slow = context.CallActivityAsync<string>("Slow");
            var first = await Task.WhenAny(slow, fast);
            var next = await context.CallActivityAsync<string>("Next", await first);
            return next;
        });

        await instance.StartAsync();
        await instance.CompleteAsync(1, "slow was first");
        await instance.CompleteAsync(0, "too late");
        await instance.CompleteAsync(2, "end");

        instance.Asked[2].ScheduleTask.Input.ShouldBe("\"slow was first\"");
        instance.Result.ShouldBe("\"end\"");
    }

    [Fact]
    public async Task results_of_a_fan_out_may_come_in_any_order_and_several_in_one_turn()
    {
        var instance = New(async (context, _) =>
            string.Join(',', await Task.WhenAll(Enumerable.Range(0, 5).Select(number => context.CallActivityAsync<int>("Square", number)))));

        await instance.StartAsync();
        await instance.TurnAsync(instance.Completed(4, 16), instance.Completed(0, 0), instance.Completed(3, 9));
        await instance.TurnAsync(instance.Completed(2, 4), instance.Completed(2, 5), instance.Completed(1, 1));

        instance.Result.ShouldBe("\"0,1,4,9,16\"");
    }

    [Fact]
    public async Task bounded_fan_out_starts_the_next_as_one_ends()
    {
        var instance = New(async (context, _) => string.Join(',', await context.ProcessInParallelAsync(
            Enumerable.Range(0, 3), number => context.CallActivityAsync<int>("Square", number), maxConcurrency: 2)));

        (await instance.StartAsync()).Actions.Count.ShouldBe(2);
        (await instance.CompleteAsync(1, 1)).Actions.ShouldHaveSingleItem().ScheduleTask.Input.ShouldBe("2");
        await instance.CompleteAsync(2, 4);
        await instance.CompleteAsync(0, 0);

        instance.Result.ShouldBe("\"0,1,4\"");
    }

    [Fact]
    public async Task configure_await_makes_no_difference()
    {
        var instance = New(async (context, _) =>
        {
            var first = await HelpAsync(context).ConfigureAwait(false);
            return await context.CallActivityAsync<string>("B", first).ConfigureAwait(true);

            static async Task<string> HelpAsync(WorkflowContext context)
            {
                await context.CreateTimer(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
                return await context.CallActivityAsync<string>("A");
            }
        });

        await instance.StartAsync();
        await instance.FireAsync(0);
        await instance.CompleteAsync(1, "a");
        await instance.CompleteAsync(2, "b");

        instance.Result.ShouldBe("\"b\"");
    }

    [Fact]
    public async Task an_object_that_changes_after_the_call_goes_out_as_it_was()
    {
        var instance = New(async (context, _) =>
        {
            var list = new List<int> { 1 };
            var first = context.CallActivityAsync("A", list);
            list.Add(2);
            await Task.WhenAll(first, context.CallActivityAsync("B", list));
            return "";
        });

        var answer = await instance.StartAsync();

        answer.Actions.Select(action => action.ScheduleTask.Input).ShouldBe(["[1]", "[1,2]"]);
    }

    [Fact]
    public async Task a_turn_that_is_given_again_is_answered_the_same()
    {
        await using var worker = new WorkerUnderTest(RecordedWorkflows.Register);
        var turn = RecordedTurns.Get("net-03-sequence-fanout net-03-sequence-fanout-seq-1").Turns[2];

        var first = await worker.Turns.RunAsync(turn.Request, "");
        var second = await worker.Turns.RunAsync(turn.Request, "");

        second.ShouldBe(first);
    }

    [Fact]
    public async Task a_result_that_comes_before_its_call_is_kept_for_it_and_the_call_is_not_made_again()
    {
        var instance = New(async (context, _) =>
            await context.CallActivityAsync<string>("A") + await context.CallActivityAsync<string>("B"));

        await instance.StartAsync();
        var answer = await instance.TurnAsync(instance.Completed(1, "b"), instance.Completed(0, "a"));

        answer.Actions.ShouldHaveSingleItem().CompleteWorkflow.ShouldNotBeNull();
        instance.Result.ShouldBe("\"ab\"");
    }

    [Fact]
    public async Task an_unreadable_result_is_an_error_that_code_can_catch()
    {
        var instance = New(async (context, _) =>
        {
            try
            {
                return (await context.CallActivityAsync<int>("A")).ToString();
            }
            catch (System.Text.Json.JsonException)
            {
                return "unreadable";
            }
        });

        await instance.StartAsync();
        await instance.CompleteAsync(0, "no number");

        instance.Result.ShouldBe("\"unreadable\"");
    }

    [Fact]
    public async Task a_class_is_made_for_each_turn_with_services_of_its_own()
    {
        var instance = new SimulatedInstance("one", "Counting", input: null, workflows => workflows.RegisterWorkflow<Counting>());

        await instance.StartAsync();
        await instance.CompleteAsync(0, null);

        instance.Result.ShouldBe("1");
    }

    [Fact]
    public async Task an_input_that_cannot_be_read_fails_the_instance()
    {
        var instance = new SimulatedInstance(
            "one", "W", "no number", workflows => workflows.RegisterWorkflow<int, int>("W", (_, number) => Task.FromResult(number)));

        await instance.StartAsync();

        instance.Ended!.WorkflowStatus.ShouldBe(OrchestrationStatus.Failed);
        instance.Failure.ShouldBe("System.Text.Json.JsonException");
    }

    private static SimulatedInstance New(Func<WorkflowContext, int, Task<string>> code) =>
        new("one", "W", input: 1, workflows => workflows.RegisterWorkflow("W", code));

#pragma warning disable CA2254, CA1848 // The test's own lines.
    private static void Write(Microsoft.Extensions.Logging.ILogger logger, string line) =>
        Microsoft.Extensions.Logging.LoggerExtensions.LogInformation(logger, line);
#pragma warning restore CA2254, CA1848

    private sealed class Counting : Workflow<object?, int>
    {
        private int runs;

        public override async Task<int> RunAsync(WorkflowContext context, object? input)
        {
            runs++;
            await context.CallActivityAsync("A");
            return runs;
        }
    }
}

using Dapr.Workflow;
using Wire.Workflow;

namespace Tests.Unit.StandIns.Workflow;

public sealed class NonDeterminismTests
{
    [Fact]
    public async Task another_activity_than_the_history_says_fails_the_instance_with_the_reason()
    {
        var instance = await StartedAsync(async context => await context.CallActivityAsync<string>("Reserve"));
        Deploy(instance, async context => await context.CallActivityAsync<string>("Invoice"));

        await instance.CompleteAsync(0, "reserved");

        var failure = instance.Ended!.FailureDetails;
        instance.Ended.WorkflowStatus.ShouldBe(OrchestrationStatus.Failed);
        failure.ErrorType.ShouldBe("NonDeterminismError");
        failure.IsNonRetriable.ShouldBeTrue();
        failure.ErrorMessage.ShouldStartWith(
            "Workflow 'W', instance 'one': event 0 of the history is activity 'Reserve', but the code now asks for activity 'Invoice' there.");
        instance.Log.Has($"Error: {failure.ErrorMessage}").ShouldBeTrue();
    }

    [Fact]
    public async Task a_timer_for_an_activity_is_seen()
    {
        var instance = await StartedAsync(async context => await context.CallActivityAsync<string>("Reserve"));
        Deploy(instance, async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1));
            return "";
        });

        await instance.CompleteAsync(0, "reserved");

        Reason(instance).ShouldContain("event 0 of the history is activity 'Reserve', but the code now asks for timer there.");
    }

    [Fact]
    public async Task a_call_that_the_code_no_longer_makes_is_seen()
    {
        var instance = await StartedAsync(async context =>
            await context.CallActivityAsync<string>("A") + await context.CallActivityAsync<string>("B"));
        await instance.CompleteAsync(0, "a");
        Deploy(instance, async context => await context.CallActivityAsync<string>("A"));

        await instance.CompleteAsync(1, "b");

        Reason(instance).ShouldContain("event 1 of the history is activity 'B', but the code now asks for nothing there.");
    }

    [Fact]
    public async Task a_call_put_between_two_others_is_seen()
    {
        var instance = await StartedAsync(async context =>
            await context.CallActivityAsync<string>("A") + await context.CallChildWorkflowAsync<string>("B"));
        await instance.CompleteAsync(0, "a");
        Deploy(instance, async context =>
            await context.CallActivityAsync<string>("A")
            + await context.CallActivityAsync<string>("New")
            + await context.CallChildWorkflowAsync<string>("B"));

        await instance.ChildCompletesAsync(1, "b");

        Reason(instance).ShouldContain("event 1 of the history is child workflow 'B', but the code now asks for activity 'New' there.");
    }

    [Fact]
    public async Task an_outcome_of_another_kind_is_seen()
    {
        var instance = await StartedAsync(async context => await context.CallActivityAsync<string>("A"));

        await instance.ChildCompletesAsync(0, "b");

        Reason(instance).ShouldContain("event 0 of the history is an outcome (ChildWorkflowInstanceCompleted)");
    }

    [Fact]
    public async Task code_that_takes_another_way_on_each_run_is_seen()
    {
        var runs = 0;
        var instance = await StartedAsync(async context => await context.CallActivityAsync<string>(runs++ == 0 ? "A" : "B"));

        await instance.CompleteAsync(0, "a");

        instance.Failure.ShouldBe("NonDeterminismError");
    }

    [Fact]
    public async Task a_guarded_change_is_taken_by_new_instances_only()
    {
        static Task<string> OldAsync(WorkflowContext context) => context.CallActivityAsync<string>("Old");

        static async Task<string> ChangedAsync(WorkflowContext context) =>
            context.IsPatched("new") ? await context.CallActivityAsync<string>("New") : await OldAsync(context);

        var running = await StartedAsync(OldAsync);
        Deploy(running, ChangedAsync);
        var started = await StartedAsync(ChangedAsync);

        await running.CompleteAsync(0, "old");
        await started.CompleteAsync(0, "new");

        running.Result.ShouldBe("\"old\"");
        started.Result.ShouldBe("\"new\"");
    }

    public static TheoryData<string> Foreign => ["yield", "run", "delay", "never", "cancel"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task code_that_awaits_what_is_not_of_its_context_fails_instead_of_hanging(string what)
    {
        var instance = await StartedAsync(async context =>
        {
            await AwaitAsync(context, what);
            return "unsafe";
        });

        instance.Failure.ShouldBe("NonDeterminismError");
        Reason(instance).ShouldContain("awaits something that is no task of its WorkflowContext");
    }

    [Fact]
    public async Task the_context_refuses_code_that_has_strayed_to_another_thread()
    {
        var strayed = new TaskCompletionSource<Exception>();
        var instance = await StartedAsync(async context =>
        {
            var slow = context.CallActivityAsync<string>("A");
            await Task.WhenAny(slow, Task.Run(() => { }));
            try
            {
                await context.CallActivityAsync("B");
            }
            catch (InvalidOperationException refused)
            {
                strayed.TrySetResult(refused);
            }

            return "";
        });

        (await strayed.Task).Message.ShouldContain("used its WorkflowContext after it had awaited something");
        instance.Asked.Keys.ShouldNotContain(1);
    }

    private static Task AwaitAsync(WorkflowContext context, string what)
    {
        switch (what)
        {
            case "yield":
                return YieldAsync();
            case "run":
                return Task.Run(() => 1);
            case "delay":
                return Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            case "cancel":
                return CancelAsync(context);
            default:
                return new TaskCompletionSource().Task;
        }
    }

    private static async Task YieldAsync() => await Task.Yield();

    private static async Task CancelAsync(WorkflowContext context)
    {
        using var end = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromHours(1), end.Token);
        await end.CancelAsync();
        await timer;
    }

    private static async Task<SimulatedInstance> StartedAsync(Func<WorkflowContext, Task<string>> code)
    {
        var instance = new SimulatedInstance("one", "W", input: null, _ => { });
        Deploy(instance, code);
        await instance.StartAsync();
        return instance;
    }

    private static void Deploy(SimulatedInstance instance, Func<WorkflowContext, Task<string>> code) =>
        instance.Deploy(workflows => workflows.RegisterWorkflow<object?, string>("W", (context, _) => code(context)));

    private static string Reason(SimulatedInstance instance) => instance.Ended!.FailureDetails.ErrorMessage;
}

using Dapr.Workflow;

namespace Tests.Unit.StandIns.Workflow;

/// <summary>Workflows that do what those did that the recordings were made with.</summary>
internal static class RecordedWorkflows
{
    public static void Register(WorkflowRuntimeOptions workflows)
    {
        workflows.RegisterWorkflow<string, string?>("Empty", (_, _) => Task.FromResult<string?>(null));
        workflows.RegisterWorkflow<string, string>("OneAct", UpAsync);
        workflows.RegisterWorkflow<string, string>("Child", UpAsync);
        workflows.RegisterWorkflow<string, string[]>("TraceWf", async (context, input) =>
        [
            await context.CallActivityAsync<string>("TraceAct", input),
            await context.CallChildWorkflowAsync<string>("OneAct", "k"),
        ]);
        workflows.RegisterWorkflow<string, string>("Seq3", async (context, input) =>
        {
            var first = await UpAsync(context, input);
            var second = await UpAsync(context, first);
            await context.CallActivityAsync("VoidAct", "v");
            return await UpAsync(context, second);
        });
        workflows.RegisterWorkflow<int, string[]>("Fan5", (context, count) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(number => UpAsync(context, $"f{number}"))));
        workflows.RegisterWorkflow<int, string>("TwoSlow", async (context, count) =>
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SlowAsync(context, 1)));
            return "ok";
        });
        workflows.RegisterWorkflow<string, string>("UnknownAct", (context, input) => context.CallActivityAsync<string>("NoSuchActivity", input));
        RegisterFailures(workflows);
        RegisterWaits(workflows);
        RegisterChildren(workflows);
        RegisterVersions(workflows);
    }

    private static void RegisterFailures(WorkflowRuntimeOptions workflows)
    {
        var retry = new WorkflowTaskOptions(new WorkflowRetryPolicy(3, TimeSpan.FromMilliseconds(400), backoffCoefficient: 2));
        workflows.RegisterWorkflow<string, string>("FailNoRetry", (context, input) => context.CallActivityAsync<string>("Boom", input));
        workflows.RegisterWorkflow<string, string>("FailRetry", (context, input) => context.CallActivityAsync<string>("Boom", input, retry));
        workflows.RegisterWorkflow<string, string>("RetryThenOk", (context, input) => context.CallActivityAsync<string>("Flaky", input, retry));
        workflows.RegisterWorkflow<string, string>("Throws", (_, _) => throw new InvalidOperationException("workflow says no"));
        workflows.RegisterWorkflow<string, string>("FailCaught", async (context, input) =>
        {
            try
            {
                return await context.CallActivityAsync<string>("Boom", input);
            }
            catch (WorkflowTaskFailedException failed)
            {
                return $"caught {failed.FailureDetails.ErrorType}: {failed.Message}";
            }
        });
    }

    private static void RegisterWaits(WorkflowRuntimeOptions workflows)
    {
        workflows.RegisterWorkflow<string, string>("Timer2", async (context, _) =>
        {
            var began = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromSeconds(2));
            return $"{(context.CurrentUtcDateTime - began).TotalMilliseconds} ms";
        });
        workflows.RegisterWorkflow<int, string>("LongTimer", async (context, seconds) =>
        {
            await UpAsync(context, "a");
            await context.CreateTimer(TimeSpan.FromSeconds(seconds));
            return await UpAsync(context, "b");
        });
        workflows.RegisterWorkflow<int, string>("SlowWf", async (context, seconds) => await UpAsync(context, await SlowAsync(context, seconds)));
        workflows.RegisterWorkflow<string, string>("WaitEv", async (context, _) =>
            $"got {await context.WaitForExternalEventAsync<object?>("go")}");
        workflows.RegisterWorkflow<string, string>("SlowThenEv", async (context, _) =>
        {
            await SlowAsync(context, 1);
            return $"{await GoAsync(context)},{await GoAsync(context)}";
        });
        workflows.RegisterWorkflow<int, string>("WaitEvTimeout", async (context, seconds) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<string>("go", TimeSpan.FromSeconds(seconds));
            }
            catch (TaskCanceledException)
            {
                return "timeout";
            }
        });
        workflows.RegisterWorkflow<string, string>("SameEv3", async (context, _) =>
            string.Join(',', await Task.WhenAll(GoAsync(context), GoAsync(context), GoAsync(context))));
        workflows.RegisterWorkflow<string, string>("SendEv", (context, other) =>
        {
            context.SendEvent(other, "go", "from a workflow");
            return UpAsync(context, "sent");
        });
        workflows.RegisterWorkflow<int, int>("Can", async (context, round) =>
        {
            await UpAsync(context, $"n{round}");
            return Next(context, round);
        });
        workflows.RegisterWorkflow<int, int>("CanEv", async (context, round) =>
        {
            await GoAsync(context);
            await SlowAsync(context, 1);
            return Next(context, round);
        });
        workflows.RegisterWorkflow<string, string>("Status", async (context, input) =>
        {
            context.SetCustomStatus(new { step = 1 });
            await UpAsync(context, input);
            context.SetCustomStatus("two");
            await GoAsync(context);
            context.SetCustomStatus(null);
            await UpAsync(context, input);
            return "done";
        });
    }

    private static void RegisterChildren(WorkflowRuntimeOptions workflows)
    {
        workflows.RegisterWorkflow<string, string>("Parent", async (context, input) =>
            await context.CallChildWorkflowAsync<string>("Child", input, new(InstanceId: context.InstanceId + "-kid"))
            + await context.CallChildWorkflowAsync<string>("Child", input + "2"));
        workflows.RegisterWorkflow<string, string>("ParentWait", (context, input) =>
            context.CallChildWorkflowAsync<string>("WaitEv", input, new(InstanceId: context.InstanceId + "-kid")));
        workflows.RegisterWorkflow<string, string>("ParentFail", (context, input) => context.CallChildWorkflowAsync<string>("ChildFail", input));
        workflows.RegisterWorkflow<string, string>("UnknownChild", (context, input) =>
            context.CallChildWorkflowAsync<string>("NoSuchChild", input));
        workflows.RegisterWorkflow<string, string>("ChildFail", (_, _) => throw new InvalidOperationException("child says no"));
        workflows.RegisterWorkflow<string, string>("ParentChildRetry", async (context, input) =>
        {
            try
            {
                var retry = new WorkflowRetryPolicy(2, TimeSpan.FromMilliseconds(300));
                return await context.CallChildWorkflowAsync<string>("ChildFail", input, new(RetryPolicy: retry));
            }
            catch (WorkflowTaskFailedException failed)
            {
                return $"caught {failed.FailureDetails.ErrorType} {failed.FailureDetails.ErrorMessage}";
            }
        });
        workflows.RegisterWorkflow<string, string>("XApp", async (context, app) =>
            await context.CallActivityAsync<string>("Up", "remote", new(TargetAppId: app))
            + await context.CallChildWorkflowAsync<string>(
                "OneAct", "rc", new(InstanceId: context.InstanceId + "-kid", TargetAppId: app)));
    }

    private static void RegisterVersions(WorkflowRuntimeOptions workflows)
    {
        workflows.RegisterWorkflow<string, string>("Patched", async (context, input) =>
        {
            var first = context.IsPatched("p1");
            await UpAsync(context, input);
            return $"{first},{context.IsPatched("p2")}";
        });
        workflows.RegisterWorkflow<string, string>("PatchedWait", async (context, input) =>
        {
            var patched = context.IsPatched("p1");
            await UpAsync(context, input);
            await GoAsync(context);
            return patched.ToString();
        });
        workflows.RegisterWorkflow<string, string>("Prop", async (context, input) =>
        {
            var first = await UpAsync(context, input);
            var second = await context.CallActivityAsync<string>(
                "Up", first, new WorkflowTaskOptions().WithHistoryPropagation(HistoryPropagationScope.OwnHistory));
            return await context.CallChildWorkflowAsync<string>(
                "OneAct",
                second,
                new ChildWorkflowTaskOptions(context.InstanceId + "-kid").WithHistoryPropagation(HistoryPropagationScope.Lineage));
        });
    }

    private static Task<string> UpAsync(WorkflowContext context, string input) => context.CallActivityAsync<string>("Up", input);

    private static Task<string> SlowAsync(WorkflowContext context, int seconds) => context.CallActivityAsync<string>("Slow", seconds);

    private static Task<string> GoAsync(WorkflowContext context) => context.WaitForExternalEventAsync<string>("go");

    private static int Next(WorkflowContext context, int round)
    {
        if (round < 2)
        {
            context.ContinueAsNew(round + 1);
        }

        return round;
    }
}

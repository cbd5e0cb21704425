using Sidecar.Workflows;
using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class RerunTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Three", async c => await c.CallAsync("Add", await c.CallAsync("Add", await c.CallAsync("Add", c.Input))))
        .Add("Parent", async c => await c.ChildAsync("Three", c.Input, "kid"))
        .Add("Sleeps", async c =>
        {
            await c.SleepAsync(TimeSpan.FromMilliseconds(1));
            return await c.CallAsync("Add", c.Input);
        })
        .Add("Asks", async c => await c.EventAsync("go"))
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task a_copy_goes_on_from_the_chosen_activity()
    {
        await using var file = await EngineFile.CreateAsync();
        var worker = file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Three", "1", "a"));
        var id = await RerunAsync(file, "a", 1, "b", "100");
        id.ShouldBe("b");
        (await file.EndAsync("b")).Output.ShouldBe("102");
        worker.Activities.ShouldBe(5);
        var history = file.Engine.History("b").Events;
        history[1].ExecutionStarted.WorkflowInstance.InstanceId.ShouldBe("a");
        history.Single(static e => e is { TaskScheduled: not null, EventId: 1 }).TaskScheduled.RerunParentInstanceInfo.InstanceID.ShouldBe("a");
        (await file.EndAsync("a")).Output.ShouldBe("4");
    }

    [Fact]
    public async Task a_copy_runs_again_after_a_kill()
    {
        await using var file = await EngineFile.CreateAsync();
        var worker = file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Three", "1", "a"));
        worker.Dispose();
        await RerunAsync(file, "a", 2, "b");
        await using var killed = await file.AfterKillAsync();
        killed.Connect(Code);
        (await killed.EndAsync("b")).Output.ShouldBe("4");
    }

    [Fact]
    public async Task a_copy_starts_children_and_timers_anew()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Parent", "1", "a"));
        (await file.EndAsync(await RerunAsync(file, "a", 0, "b", "10"))).Output.ShouldBe("13");
        file.State("b:0000").Output.ShouldBe("13");
        await file.EndAsync(await file.StartAsync("Sleeps", "1", "s"));
        (await file.EndAsync(await RerunAsync(file, "s", 0, "t"))).Output.ShouldBe("2");
        (await file.EndAsync(await RerunAsync(file, "s", 1, "u"))).Output.ShouldBe("2");
        file.Engine.History("u").Events.Count(static e => e.TimerCreated is not null).ShouldBe(1);
    }

    [Fact]
    public async Task what_cannot_be_run_again_is_refused_in_daprs_words()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        await file.EndAsync(await file.StartAsync("Three", "1", "a"));
        await file.StartAsync("Asks", id: "runs");
        await file.EndAsync(await file.StartAsync("Parent", "1", "p"));
        await RefusedAsync(file, "nobody", 0, "x", WorkflowError.NotFound, "workflow instance does not exist with ID 'nobody'");
        await RefusedAsync(file, "runs", 0, "x", WorkflowError.InvalidArgument, "'runs' is not in a terminal state");
        await RefusedAsync(file, "a", 99, "x", WorkflowError.NotFound, "does not have history event with ID '99'");
        await RefusedAsync(file, "a", 1, "p", WorkflowError.AlreadyExists, "workflow 'p' has already been created");
        await RefusedAsync(file, "kid", 0, "x", WorkflowError.InvalidArgument, "'kid': cannot rerun from child-workflows");
        await RefusedAsync(file, "a", 0, "a", WorkflowError.InvalidArgument,
            "rerun workflow instance ID must be different from the original instance ID");
    }

    private static Task<string> RerunAsync(EngineFile file, string source, uint eventId, string newId, string? input = null)
    {
        var request = new RerunWorkflowFromEventRequest { SourceInstanceID = source, EventID = eventId, NewInstanceID = newId };
        if (input is not null)
        {
            (request.Input, request.OverwriteInput) = (input, true);
        }
        return file.Engine.RerunAsync(request, CancellationToken.None);
    }

    private static async Task RefusedAsync(EngineFile file, string source, uint eventId, string newId, WorkflowError error, string text)
    {
        var refusal = await Should.ThrowAsync<WorkflowException>(RerunAsync(file, source, eventId, newId));
        (refusal.Error, refusal.Message).ShouldBe((error, text));
    }
}

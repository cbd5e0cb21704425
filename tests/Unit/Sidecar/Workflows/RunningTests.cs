using Wire.Workflow;

namespace Tests.Unit.Sidecar.Workflows;

public sealed class RunningTests
{
    private static readonly Workflows Code = new Workflows()
        .Add("Three", async c => await c.CallAsync("Add", await c.CallAsync("Add", await c.CallAsync("Add", c.Input))))
        .Add("FanOut", async c => string.Join(',', await Task.WhenAll(Enumerable.Range(0, 20).Select(i => c.CallAsync("Add", $"{i}")))))
        .AddActivity("Add", static input => $"{Workflows.Number(input) + 1}");

    [Fact]
    public async Task A_workflow_of_three_activities_runs_to_its_end()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        var id = await file.StartAsync("Three", "1");
        var state = await file.EndAsync(id);
        state.WorkflowStatus.ShouldBe(OrchestrationStatus.Completed);
        state.Output.ShouldBe("4");
        state.Input.ShouldBe("1");
        state.Name.ShouldBe("Three");
    }

    [Fact]
    public async Task Activities_of_one_turn_run_side_by_side()
    {
        await using var file = await EngineFile.CreateAsync();
        file.Connect(Code);
        (await file.EndAsync(await file.StartAsync("FanOut"))).Output.ShouldBe(string.Join(',', Enumerable.Range(1, 20)));
    }
}

using System.Text.Json.Nodes;
using Tests.Contract.Hosting;
using Tests.Contract.Workflows;

namespace Tests.Contract.JavaScript;

/// <summary>
/// The official JavaScript SDK (npm @dapr/dapr) as workflow worker and client. Its worker runs 10 items at once, queues 100, and drops what
/// comes after that with only a log line. A real Dapr gives it more all the same, so that these tests do not ask for it there.
/// </summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed class JavaScriptWorkflowTests(DaprFixture dapr) : IAsyncLifetime
{
    private WorkflowEndpoint _endpoint = null!;
    private JavaScriptSdk _sdk = null!;

    private int Many => _endpoint.IsEmbedded ? 400 : 30;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await WorkflowEndpoint.StartAsync(dapr);
        _sdk = await JavaScriptSdk.StartAsync("workflows.mjs", ("DAPR_GRPC_PORT", $"{_endpoint.Grpc.Address.Port}"));
        await _sdk.CallAsync("startWorker");
    }

    public async ValueTask DisposeAsync()
    {
        if (_sdk is not null)
        {
            await _sdk.DisposeAsync();
        }
        await _endpoint.DisposeAsync();
    }

    [Fact]
    public async Task activities_run_one_after_the_other()
    {
        var state = await _sdk.RunAsync("sequence", "a", DaprFixture.Key("js-sequence"));

        Text(state, "status").ShouldBe("COMPLETED");
        Text(state, "name").ShouldBe("sequence");
        Text(state, "input").ShouldBe("\"a\"");
        Text(state, "output").ShouldBe("""["A!","A!AGAIN!"]""");
    }

    [Fact]
    public async Task activities_fan_out_and_in()
    {
        var state = await _sdk.RunAsync("fanOut", Many, DaprFixture.Key("js-fan"));

        Text(state, "output").ShouldBe($"{Enumerable.Range(0, Many).Sum(n => n * n)}");
    }

    [Fact]
    public async Task many_instances_run_at_once()
    {
        var states = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => _sdk.RunAsync("sequence", $"m{i}", DaprFixture.Key($"js-many-{i}"))));

        states.Select(s => Text(s, "output")).ShouldBe(Enumerable.Range(0, Many).Select(i => $"""["M{i}!","M{i}!AGAIN!"]"""));
    }

    [Fact]
    public async Task a_timer_fires_when_it_is_due() =>
        Text(await _sdk.RunAsync("timer", 1, DaprFixture.Key("js-timer")), "output").ShouldBe("true");

    [Fact]
    public async Task a_start_can_be_scheduled_for_later()
    {
        var id = DaprFixture.Key("js-later");

        await _sdk.CallAsync("schedule", "sequence", "a", id, 1_500);

        Text((await _sdk.CallAsync("get", id))!, "status").ShouldBe("PENDING");
        Text((await _sdk.CallAsync("waitForCompletion", id))!, "status").ShouldBe("COMPLETED");
    }

    [Fact]
    public async Task an_instance_without_an_id_gets_one()
    {
        var id = (string)(await _sdk.CallAsync("schedule", "sequence", "a", null))!;

        id.ShouldNotBeNullOrEmpty();
        Text((await _sdk.CallAsync("waitForCompletion", id))!, "status").ShouldBe("COMPLETED");
    }

    [Fact]
    public async Task events_are_waited_for_and_kept_until_then()
    {
        var id = DaprFixture.Key("js-event");
        await _sdk.CallAsync("schedule", "waitFor", new[] { "first", "second", "first" }, id);
        Text((await _sdk.CallAsync("waitForStart", id))!, "customStatus").ShouldBe("waits for first");

        // The second before it is asked for, and names without regard to case.
        await _sdk.CallAsync("raiseEvent", id, "SECOND", 2);
        await _sdk.CallAsync("raiseEvent", id, "first", 1);
        await _sdk.CallAsync("raiseEvent", id, "First", new { three = 3 });

        var state = (await _sdk.CallAsync("waitForCompletion", id))!;
        Text(state, "output").ShouldBe("""[1,2,{"three":3}]""");
    }

    [Fact]
    public async Task an_event_and_a_timer_race()
    {
        var approved = DaprFixture.Key("js-approved");
        await _sdk.CallAsync("schedule", "eventOrTimeout", 3_600, approved);
        await _sdk.CallAsync("raiseEvent", approved, "approve", "yes");
        Text((await _sdk.CallAsync("waitForCompletion", approved))!, "output").ShouldBe("\"yes\"");

        Text(await _sdk.RunAsync("eventOrTimeout", 0.2, DaprFixture.Key("js-timeout")), "output").ShouldBe("\"timed out\"");
    }

    [Fact]
    public async Task child_workflows_give_results_and_failures()
    {
        var id = DaprFixture.Key("js-parent");
        var state = await _sdk.RunAsync("parent", new { child = "sequence", input = "kid", id = $"{id}-child" }, id);
        Text(state, "output").ShouldBe("""["KID!","KID!AGAIN!"]""");
        Text((await _sdk.CallAsync("get", $"{id}-child"))!, "status").ShouldBe("COMPLETED");

        var failed = await _sdk.RunAsync("parent", new { child = "failing", input = "kid" }, DaprFixture.Key("js-parent"));
        Text(failed, "status").ShouldBe("FAILED");
        Text(failed, "failure").ShouldContain("boom kid");

        var many = await _sdk.RunAsync("parentOfMany", 5, DaprFixture.Key("js-parent-of-many"));
        Text(many, "output").ShouldContain("""["C4!","C4!AGAIN!"]""");
    }

    [Fact]
    public async Task failures_end_a_workflow_or_are_compensated_or_retried()
    {
        var failed = await _sdk.RunAsync("failing", "x", DaprFixture.Key("js-failing"));
        Text(failed, "status").ShouldBe("FAILED");
        Text(failed, "failure").ShouldContain("boom x");

        Text(await _sdk.RunAsync("compensating", "x", DaprFixture.Key("js-compensating")), "output").ShouldBe("\"UNDO X!\"");

        var key = DaprFixture.Key("js-retrying");
        Text(await _sdk.RunAsync("retrying", key, key), "output").ShouldBe("3");
    }

    [Theory]
    [InlineData("nobodyKnowsMe", "OrchestratorNotRegisteredError")]
    [InlineData("callsUnknown", "TaskFailedError")]
    public async Task unregistered_names_fail_the_instance(string workflow, string failureType)
    {
        var state = await _sdk.RunAsync(workflow, null, DaprFixture.Key("js-unregistered"));

        Text(state, "status").ShouldBe("FAILED");
        Text(state, "failureType").ShouldBe(failureType);
        Text(state, "failure").ShouldContain("nobodyKnowsMe");
    }

    [Fact]
    public async Task a_workflow_continues_as_new_and_takes_its_events_along()
    {
        Text(await _sdk.RunAsync("counting", 0, DaprFixture.Key("js-counting")), "output").ShouldBe("3");

        var id = DaprFixture.Key("js-collecting");
        await _sdk.CallAsync("schedule", "collecting", Array.Empty<int>(), id);
        foreach (var item in new[] { 1, 2, 3 })
        {
            await _sdk.CallAsync("raiseEvent", id, "item", item);
        }
        Text((await _sdk.CallAsync("waitForCompletion", id))!, "output").ShouldBe("[1,2,3]");
    }

    [Fact]
    public async Task a_suspended_instance_holds_back_until_it_is_resumed()
    {
        var id = DaprFixture.Key("js-suspended");
        await _sdk.CallAsync("schedule", "waitFor", new[] { "go" }, id);

        await _sdk.CallAsync("suspend", id);
        Text((await _sdk.CallAsync("get", id))!, "status").ShouldBe("SUSPENDED");
        await _sdk.CallAsync("raiseEvent", id, "go", 1);
        Text((await _sdk.CallAsync("get", id))!, "status").ShouldBe("SUSPENDED");
        await _sdk.CallAsync("resume", id);

        Text((await _sdk.CallAsync("waitForCompletion", id))!, "output").ShouldBe("[1]");
    }

    [Fact]
    public async Task an_instance_is_terminated_and_purged()
    {
        var id = DaprFixture.Key("js-terminated");
        await _sdk.CallAsync("schedule", "waitFor", new[] { "go" }, id);

        (await FailureAsync("purge", id)).Message.ShouldBe("failed to purge workflow state: orchestration has not yet completed");
        await _sdk.CallAsync("terminate", id, "enough");
        var state = (await _sdk.CallAsync("waitForCompletion", id))!;
        (Text(state, "status"), Text(state, "output")).ShouldBe(("TERMINATED", "\"enough\""));
        await _sdk.CallAsync("raiseEvent", id, "go", 1);

        ((bool)(await _sdk.CallAsync("purge", id))!).ShouldBeTrue();
        (await _sdk.CallAsync("get", id)).ShouldBeNull();
        (await FailureAsync("raiseEvent", id, "go", 1)).Message.ShouldBe("no such instance exists");
    }

    [Fact]
    public async Task an_active_instance_is_not_started_twice_and_a_finished_one_runs_again()
    {
        var id = DaprFixture.Key("js-twice");
        await _sdk.CallAsync("schedule", "waitFor", new[] { "go" }, id);

        var refused = await FailureAsync("schedule", "sequence", "b", id);
        refused.Code.ShouldBe(6);
        refused.Message.ShouldEndWith($"an active workflow with ID '{id}' already exists");

        await _sdk.CallAsync("raiseEvent", id, "go", 1);
        await _sdk.CallAsync("waitForCompletion", id);
        Text(await _sdk.RunAsync("sequence", "b", id), "output").ShouldBe("""["B!","B!AGAIN!"]""");
    }

    [Fact]
    public async Task work_of_a_worker_that_stopped_waits_for_the_next()
    {
        var id = DaprFixture.Key("js-restart");
        await _sdk.CallAsync("schedule", "waitFor", new[] { "go", "on" }, id);
        await _sdk.CallAsync("raiseEvent", id, "go", 1);
        await _sdk.CallAsync("stopWorker");

        await _sdk.CallAsync("startWorker");
        await _sdk.CallAsync("raiseEvent", id, "on", 2);

        Text((await _sdk.CallAsync("waitForCompletion", id))!, "output").ShouldBe("[1,2]");
    }

    private async Task<JavaScriptException> FailureAsync(string call, params object?[] arguments) =>
        await Should.ThrowAsync<JavaScriptException>(_sdk.CallAsync(call, arguments));

    private static string Text(JsonNode state, string member) => (string?)state[member] ?? "(none)";
}

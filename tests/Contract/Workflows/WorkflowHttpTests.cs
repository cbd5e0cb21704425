using System.Text.RegularExpressions;
using Tests.Contract.Hosting;

namespace Tests.Contract.Workflows;

/// <summary>The HTTP management API, as recorded from a real daprd 1.18.3.</summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed partial class WorkflowHttpTests(DaprFixture dapr) : IAsyncLifetime
{
    private WorkflowEndpoint _endpoint = null!;
    private HandWorker _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await WorkflowEndpoint.StartAsync(dapr);
        _worker = new HandWorker(_endpoint.Grpc);
        await Eventually.HoldsAsync(
            async () => (await _endpoint.Http.GetAnswerAsync("/v1.0/metadata")).Body.Contains("connectedWorkers", StringComparison.Ordinal),
            () => "The worker did not connect.");
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _endpoint.DisposeAsync();
    }

    public static TheoryData<string> Versions => ["v1.0", "v1.0-beta1", "v1.0-alpha1"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task an_instance_runs_and_is_shown(string version)
    {
        var id = DaprFixture.Key("http");

        var started = await PostAsync($"/{version}/workflows/dapr/echo/start?instanceID={id}", """{"a":[1,2]}""");
        (started.Status, started.Body, started.Headers["Content-Type"]).ShouldBe((202, $$"""{"instanceID":"{{id}}"}""", "application/json"));

        var shown = await EndAsync(id, version);
        shown.Status.ShouldBe(200);
        WithoutTimes(shown.Body).ShouldBe(Shown(id, "echo", "COMPLETED", ("input", """{"a":[1,2]}"""), ("output", """{"a":[1,2]}""")));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("plain text", "plain text")]
    [InlineData("""{"a":""", """{\"a\":""")]
    [InlineData("\"quoted\"", "\\\"quoted\\\"")]
    public async Task the_body_is_the_input_whatever_it_is(string? body, string shown)
    {
        var id = await StartAsync("echo", body);

        (await EndAsync(id)).Body.ShouldContain($"\"dapr.workflow.input\":\"{shown}\"");
    }

    [Theory]
    [InlineData("/v1.0/workflows/dapr/echo/start")]
    [InlineData("/v1.0/workflows/dapr/echo/start?instanceID=")]
    [InlineData("/v1.0/workflows/any-component/echo/start")]
    public async Task an_instance_without_an_id_gets_one(string path)
    {
        var started = await PostAsync(path, "1");

        started.Status.ShouldBe(202);
        Guid.TryParse(started.Json.GetProperty("instanceID").GetString(), out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("act", "\"Bob\"", "half way", "\"Hello, Hello, Bob!!\"")]
    [InlineData("child", "1", null, "\"Hello, Hello, kid!!\"")]
    [InlineData("can", "0", null, "3")]
    [InlineData("timer", "1", null, "\"fired\"")]
    public async Task a_completed_instance_shows_its_output(string workflow, string input, string? customStatus, string output)
    {
        var id = await StartAsync(workflow, input);

        WithoutTimes((await EndAsync(id)).Body).ShouldBe(Shown(
            id, workflow, "COMPLETED", ("custom_status", customStatus), ("input", workflow is "can" ? output : input), ("output", output)));
    }

    [Theory]
    [InlineData("fail", "workflow boom")]
    [InlineData("actfail", "task failed with an error: activity boom")]
    [InlineData("notregistered", "workflow named 'notregistered' is not registered")]
    public async Task a_failed_instance_shows_its_failure(string workflow, string message)
    {
        var id = await StartAsync(workflow, "1");

        WithoutTimes((await EndAsync(id)).Body).ShouldBe(Shown(
            id, workflow, "FAILED", ("failure.error_message", message), ("failure.error_type", "*errors.errorString"), ("input", "1")));
    }

    [Fact]
    public async Task a_running_id_is_refused_and_a_finished_one_runs_again()
    {
        var id = await StartAsync("waitevent", "1");

        var refused = await PostAsync($"/v1.0/workflows/dapr/waitevent/start?instanceID={id}", "2");
        (refused.Status, refused.ErrorCode).ShouldBe((500, "ERR_START_WORKFLOW"));
        refused.Message.ShouldBe(
            "error starting workflow 'waitevent': unable to start workflow: failed to start workflow: "
            + $"rpc error: code = AlreadyExists desc = an active workflow with ID '{id}' already exists");

        await PostAsync($"/v1.0/workflows/dapr/{id}/raiseEvent/go", "1");
        await EndAsync(id);
        (await PostAsync($"/v1.0/workflows/dapr/echo/start?instanceID={id}", "43")).Status.ShouldBe(202);
        (await EndAsync(id)).Body.ShouldContain("\"dapr.workflow.output\":\"43\"");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("""{"ev":[1,"x"]}""", """{\"ev\":[1,\"x\"]}""")]
    [InlineData("hello", "hello")]
    public async Task an_event_carries_its_body(string? body, string? output)
    {
        var id = await StartAsync("waitevent", "1");
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/raiseEvent/other", "1"));
        (await GetAsync(id)).Body.ShouldContain("\"runtimeStatus\":\"RUNNING\"");

        Accepted(await PostAsync($"/v1.0-beta1/workflows/dapr/{id}/raiseEvent/go", body));

        var shown = (await EndAsync(id)).Body;
        if (output is null)
        {
            shown.ShouldNotContain("dapr.workflow.output");
        }
        else
        {
            shown.ShouldContain($"\"dapr.workflow.output\":\"{output}\"");
        }
    }

    [Fact]
    public async Task a_paused_instance_waits_until_it_is_resumed()
    {
        var id = await StartAsync("waitevent", "1");

        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/pause", null));
        (await GetAsync(id)).Body.ShouldContain("\"runtimeStatus\":\"SUSPENDED\"");
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/pause", null));
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/raiseEvent/go", "\"x\""));
        (await GetAsync(id)).Body.ShouldContain("\"runtimeStatus\":\"SUSPENDED\"");
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/resume", null));

        (await EndAsync(id)).Body.ShouldContain("\"runtimeStatus\":\"COMPLETED\"");
    }

    [Fact]
    public async Task a_finished_instance_takes_everything_and_changes_nothing()
    {
        var id = await StartAsync("echo", "1");
        var before = (await EndAsync(id)).Body;

        foreach (var action in new[] { "pause", "resume", "terminate", "terminate?non_recursive=true", "raiseEvent/go" })
        {
            Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/{action}", null));
        }

        (await GetAsync(id)).Body.ShouldBe(before);
    }

    [Fact]
    public async Task an_instance_is_terminated_then_purged()
    {
        var id = await StartAsync("waitevent", "1");

        var early = await PostAsync($"/v1.0/workflows/dapr/{id}/purge", null);
        early.Status.ShouldBe(500);
        early.Body.ShouldBe(Answer.Error(
            "ERR_PURGE_WORKFLOW",
            $"error purging workflow {id}: failed to Purge workflow {id}: failed to purge workflow state: orchestration has not yet completed"));

        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/terminate", null));
        WithoutTimes((await EndAsync(id)).Body).ShouldBe(Shown(id, "waitevent", "TERMINATED", ("input", "1")));
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/terminate", null));
        Accepted(await PostAsync($"/v1.0/workflows/dapr/{id}/purge", null));

        (await PostAsync($"/v1.0/workflows/dapr/{id}/raiseEvent/go", null)).Status.ShouldBe(500);
        // A real daprd reads state that it has just removed for a while (500); this sidecar knows at once.
        if (_endpoint.IsEmbedded)
        {
            (await GetAsync(id)).Status.ShouldBe(404);
            (await PostAsync($"/v1.0/workflows/dapr/{id}/purge", null)).Status.ShouldBe(404);
        }
    }

    [Fact]
    public async Task metadata_counts_the_workers()
    {
        var with = (await _endpoint.Http.GetAnswerAsync("/v1.0/metadata")).Json;
        var id = with.GetProperty("id").GetString();
        with.GetProperty("workflows").GetRawText().ShouldBe("""{"connectedWorkers":1}""");
        var types = $"[{string.Join(',', new[] { "workflow", "retentioner", "activity" }.Select(kind => TypeOf(id, kind)))}]";
        with.GetProperty("actors").GetRawText().ShouldBe(types);
        with.GetProperty("actorRuntime").GetRawText().ShouldBe(
            """{"runtimeStatus":"RUNNING","activeActors":""" + types + ""","hostReady":true,"placement":"placement: connected"}""");

        await _worker.DisposeAsync();
        await Eventually.HoldsAsync(
            async () => !(await _endpoint.Http.GetAnswerAsync("/v1.0/metadata")).Json.TryGetProperty("workflows", out _),
            () => "The worker is still counted.");
        (await _endpoint.Http.GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("actorRuntime").GetRawText()
            .ShouldBe("""{"runtimeStatus":"RUNNING","hostReady":true,"placement":"placement: connected"}""");
        _worker = new HandWorker(_endpoint.Grpc);
    }

    private static void Accepted(Answer answer) => (answer.Status, answer.Body).ShouldBe((202, "{}"));

    private static string TypeOf(string? appId, string kind) => $$"""{"type":"dapr.internal.default.{{appId}}.{{kind}}"}""";

    private static string Shown(string id, string workflow, string status, params (string Name, string? Value)[] properties)
    {
        var shown = properties.Where(p => p.Value is not null)
            .Select(p => $"\"dapr.workflow.{p.Name}\":\"{p.Value!.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        return $$"""{"instanceID":"{{id}}","workflowName":"{{workflow}}","createdAt":"T","lastUpdatedAt":"T","runtimeStatus":"{{status}}","""
            + $"\"properties\":{{{string.Join(',', shown)}}}}}";
    }

    private static string WithoutTimes(string body) => Time().Replace(body, "${name}\"T\"");

    private async Task<string> StartAsync(string workflow, string? input)
    {
        var id = DaprFixture.Key("http");
        (await PostAsync($"/v1.0/workflows/dapr/{workflow}/start?instanceID={id}", input)).Status.ShouldBe(202);
        return id;
    }

    private Task<Answer> PostAsync(string path, string? body) =>
        _endpoint.Http.SendAsync(HttpMethod.Post, path, body, body is null ? [] : [("Content-Type", "text/plain")]);

    private Task<Answer> GetAsync(string id, string version = "v1.0") => _endpoint.Http.GetAnswerAsync($"/{version}/workflows/dapr/{id}");

    private async Task<Answer> EndAsync(string id, string version = "v1.0")
    {
        Answer? last = null;
        await Eventually.HoldsAsync(
            async () => End().IsMatch((last = await GetAsync(id, version)).Body), () => $"The instance has not ended: {last?.Body}");
        return last!;
    }

    [GeneratedRegex("(?<name>\"createdAt\":|\"lastUpdatedAt\":)\"[0-9T:.-]+Z\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Time();

    [GeneratedRegex("\"runtimeStatus\":\"(COMPLETED|FAILED|TERMINATED)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex End();
}

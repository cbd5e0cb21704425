using Tests.Contract.Hosting;

namespace Tests.Contract.Workflows;

/// <summary>What the HTTP management API refuses, in the words of a real daprd 1.18.3.</summary>
[Collection(WorkflowEndpoint.Collection)]
public sealed class WorkflowHttpRefusalTests(DaprFixture dapr) : IAsyncLifetime
{
    private WorkflowEndpoint _endpoint = null!;
    private HandWorker _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await WorkflowEndpoint.StartAsync(dapr);
        _worker = new HandWorker(_endpoint.Grpc);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _endpoint.DisposeAsync();
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%20b", "a b")]
    [InlineData("a.b", "a.b")]
    [InlineData("a%7Cb", "a|b")]
    public async Task an_id_with_other_characters_is_refused(string escaped, string id)
    {
        var answer = await PostAsync($"/v1.0/workflows/dapr/echo/start?instanceID={escaped}", "1");

        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe(Answer.Error(
            "ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{id}' is invalid: only alphanumeric and underscore characters are allowed"));
    }

    [Fact]
    public async Task an_id_is_at_most_64_characters_long()
    {
        var longest = DaprFixture.Key("long").PadRight(64, 'y');
        (await PostAsync($"/v1.0/workflows/dapr/echo/start?instanceID={longest}", "1")).Status.ShouldBe(202);

        var answer = await PostAsync($"/v1.0/workflows/dapr/echo/start?instanceID={longest}y", "1");
        answer.Status.ShouldBe(400);
        answer.Body.ShouldBe(Answer.Error("ERR_INSTANCE_ID_TOO_LONG", "workflow instance ID exceeds the max length of 64 characters"));
    }

    [Fact]
    public async Task letters_that_are_not_ascii_pass_the_check_and_fail_in_the_engine()
    {
        var answer = await PostAsync("/v1.0/workflows/dapr/echo/start?instanceID=%D0%B0", "1");

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_START_WORKFLOW");
        answer.Message.ShouldStartWith(
            "error starting workflow 'echo': unable to start workflow: failed to start workflow: "
            + "rpc error: code = Unknown desc = job name is invalid");
    }

    [Theory]
    [InlineData("GET", "nope", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nope")]
    [InlineData(
        "POST", "nope/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND",
        "unable to find workflow with the provided instance ID: nope"
        + "%!(EXTRA *fmt.wrapError=failed to submit termination request:: no such instance exists)")]
    [InlineData(
        "POST", "nope/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND",
        "unable to find workflow with the provided instance ID: nope"
        + "%!(EXTRA *fmt.wrapError=failed to purge workflow state: failed to fetch workflow state: no such instance exists)")]
    [InlineData(
        "POST", "nope/pause", 500, "ERR_PAUSE_WORKFLOW",
        "error pausing workflow nope: failed to pause workflow nope: failed to suspend workflow: no such instance exists")]
    [InlineData(
        "POST", "nope/resume", 500, "ERR_RESUME_WORKFLOW",
        "error resuming workflow nope: failed to resume workflow nope: failed to resume workflow: no such instance exists")]
    [InlineData(
        "POST", "nope/raiseEvent/ev", 500, "ERR_RAISE_EVENT_WORKFLOW",
        "error raising event on workflow 'nope': failed to raise event ev on workflow nope: failed to raise event: no such instance exists")]
    public async Task an_unknown_instance_is_told(string method, string path, int status, string code, string message)
    {
        foreach (var version in new[] { "v1.0", "v1.0-beta1", "v1.0-alpha1" })
        {
            var answer = await _endpoint.Http.SendAsync(new HttpMethod(method), $"/{version}/workflows/dapr/{path}", null);

            (answer.Status, answer.Body).ShouldBe((status, Answer.Error(code, message)));
        }
    }

    [Theory]
    [InlineData("PUT", "/v1.0/workflows/dapr/echo/start")]
    [InlineData("POST", "/v1.0/workflows/dapr/some-instance")]
    [InlineData("DELETE", "/v1.0/workflows/dapr/some-instance")]
    [InlineData("GET", "/v1.0/workflows/dapr")]
    [InlineData("POST", "/v1.0/workflows/dapr/some-instance/no-such-action")]
    public async Task other_methods_and_paths_do_not_exist(string method, string path)
    {
        var answer = await _endpoint.Http.SendAsync(new HttpMethod(method), path, null);

        answer.Status.ShouldBe(404);
        answer.Body.ShouldBe(Answer.Error("ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id"));
    }

    private Task<Answer> PostAsync(string path, string body) => _endpoint.Http.SendAsync(HttpMethod.Post, path, body);
}

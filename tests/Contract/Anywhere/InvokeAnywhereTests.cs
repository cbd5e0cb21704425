using Tests.Contract.Hosting;
using Tests.Contract.Recorded;

namespace Tests.Contract.Anywhere;

/// <summary>Service invocation, of the sidecar's own app, on any Dapr.</summary>
public sealed class InvokeAnywhereTests(AnyDapr dapr)
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task every_verb_arrives_with_path_query_and_headers(string verb)
    {
        var (client, app, id) = await StartAsync();
        var mark = AnyDapr.Mark();

        var answer = await client.SendAsync(
            new HttpMethod(verb), $"/v1.0/invoke/{id}/method/echo/x%20y?q=1&q=2", verb is "GET" or "DELETE" or "OPTIONS" ? null : "{}", ("X-Mark", mark));

        answer.Status.ShouldBe(200);
        answer.Headers["X-App"].ShouldBe("yes");
        var seen = app.All.Single(c => c.Headers.GetValueOrDefault("X-Mark") == mark);
        (seen.Method, seen.Target).ShouldBe((verb, "/echo/x%20y?q=1&q=2"));
    }

    [Fact]
    public async Task the_header_names_the_app_for_any_path()
    {
        var (client, app, id) = await StartAsync();
        var mark = AnyDapr.Mark();

        var answer = await client.GetAnswerAsync("/echo/by/header?a=b", ("dapr-app-id", id), ("X-Mark", mark));

        answer.Status.ShouldBe(200);
        app.All.Single(c => c.Headers.GetValueOrDefault("X-Mark") == mark).Target.ShouldBe("/echo/by/header?a=b");
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task the_apps_status_comes_back(int status)
    {
        var (client, _, id) = await StartAsync();

        (await client.GetAnswerAsync($"/v1.0/invoke/{id}/method/status/{status}")).Status.ShouldBe(status);
    }

    [Fact]
    public async Task a_redirect_is_not_followed()
    {
        var (client, _, id) = await StartAsync();

        var answer = await client.GetAnswerAsync($"/v1.0/invoke/{id}/method/redirect");

        (answer.Status, answer.Headers["Location"]).ShouldBe((302, "/elsewhere"));
    }

    [Fact]
    public async Task an_unknown_app_is_500_err_direct_invoke()
    {
        var (client, _, _) = await StartAsync();

        var answer = await client.GetAnswerAsync("/v1.0/invoke/no-such-app/method/echo");

        (answer.Status, answer.ErrorCode).ShouldBe((500, "ERR_DIRECT_INVOKE"));
        answer.Message.ShouldStartWith("failed to invoke, id: no-such-app, err: ");
    }

    [Fact]
    public async Task a_body_over_4_mib_is_refused()
    {
        var (client, _, id) = await StartAsync();

        var answer = await client.SendAsync(HttpMethod.Post, $"/v1.0/invoke/{id}/method/echo", new string('x', 5 << 20), ("Content-Type", "text/plain"));

        (answer.Status, answer.ErrorCode).ShouldBe((500, "ERR_DIRECT_INVOKE"));
    }

    private async Task<(HttpClient Client, ScriptedApp App, string Id)> StartAsync()
    {
        var (client, app) = await dapr.GetAsync();
        return (client, app, (await client.GetAnswerAsync("/v1.0/metadata")).Json.GetProperty("id").GetString()!);
    }
}

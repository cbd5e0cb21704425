using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>Whatever daprd does not know is 404 in one form.</summary>
public sealed class UnmatchedPathTests(DaprFixture dapr)
{
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1.0")]
    [InlineData("GET", "/v1.0/")]
    [InlineData("GET", "/v1.0/nosuch")]
    [InlineData("GET", "/v2.0/healthz")]
    [InlineData("GET", "/v1.0//state/statestore/k")]
    [InlineData("PATCH", "/v1.0/metadata")]
    [InlineData("OPTIONS", "/v1.0/metadata")]
    [InlineData("GET", "/v1.0/publish/pubsub/plain")]
    [InlineData("POST", "/v1.0/publish/pubsub")]
    [InlineData("POST", "/v1.0/publish/pubsub/")]
    [InlineData("GET", "/v1.0/invoke")]
    [InlineData("GET", "/v1.0/invoke/app-b")]
    [InlineData("GET", "/v1.0/invoke/app-b/method")]
    [InlineData("GET", "/v1.0/invoke//method/x")]
    [InlineData("GET", "/V1.0/HEALTHZ")]
    public async Task it_is_404_err_direct_invoke(string method, string path)
    {
        var answer = await dapr.Client.SendAsync(new HttpMethod(method), path, null);

        answer.Status.ShouldBe(404);
        answer.Headers["Content-Type"].ShouldBe("application/json");
        answer.Body.ShouldBe(
            """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""");
    }

    [Fact]
    public async Task a_head_request_has_the_length_but_no_body()
    {
        var answer = await dapr.Client.SendAsync(HttpMethod.Head, "/v1.0/nosuch", null);

        answer.Status.ShouldBe(404);
        answer.Body.ShouldBeEmpty();
        answer.Headers["Content-Length"].ShouldBe("118");
    }

    [Theory]
    [InlineData("/v1.0/state/%")]
    [InlineData("/v1.0/state/%zz/k")]
    [InlineData("/v1.0/state/statestore/%E0%80")]
    [InlineData("/v1.0/invoke/%00/method/x")]
    [InlineData("/%")]
    public async Task malformed_escapes_do_not_fail_the_server(string path)
    {
        dapr.Embedded("Go's server refuses some of them before daprd sees them");
        var answer = await dapr.Client.GetAnswerAsync(path);

        answer.Status.ShouldBeOneOf(204, 400, 404, 500);
        (answer.Status != 500 || answer.Body.Contains("couldn't find service")).ShouldBeTrue(answer.Body);
    }
}

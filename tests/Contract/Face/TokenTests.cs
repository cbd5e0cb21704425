using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>DAPR_API_TOKEN.</summary>
public sealed class TokenTests(DaprFixture dapr) : IAsyncLifetime
{
    private EmbeddedSidecar? _sidecar;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("these tests set their own token");
        _sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { ApiToken = "secret-api" });
    }

    public ValueTask DisposeAsync() => _sidecar?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("GET", "/v1.0/state/statestore/k")]
    [InlineData("POST", "/v1.0/publish/pubsub/t")]
    [InlineData("GET", "/v1.0/invoke/app-b/method/x")]
    [InlineData("GET", "/nosuch")]
    [InlineData("GET", "/v1.0/metadata")]
    [InlineData("GET", "/v1.0/metadata?dapr-api-token=secret-api")]
    [InlineData("OPTIONS", "/v1.0/metadata")]
    [InlineData("POST", "/v1.0/shutdown")]
    public async Task without_the_token_everything_is_401(string method, string path)
    {
        var answer = await _sidecar!.Client.SendAsync(new HttpMethod(method), path, null);

        answer.Status.ShouldBe(401);
        answer.Body.ShouldBe("invalid api token\n");
        answer.Headers["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        answer.Headers["X-Content-Type-Options"].ShouldBe("nosniff");
        _sidecar.Other.Requests.ShouldBeEmpty();
        _sidecar.ShutdownRequested.Task.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("dapr-api-token", "")]
    [InlineData("dapr-api-token", "secret-ap")]
    [InlineData("dapr-api-token", "secret-api2")]
    [InlineData("Authorization", "Bearer secret-api")]
    public async Task a_wrong_token_is_401(string header, string value)
    {
        (await _sidecar!.Client.GetAnswerAsync("/v1.0/metadata", (header, value))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task health_needs_no_token()
    {
        (await _sidecar!.Client.GetAnswerAsync("/v1.0/healthz")).Status.ShouldBe(204);
        (await _sidecar.Client.GetAnswerAsync("/v1.0/healthz/outbound")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task the_right_token_opens_and_is_not_handed_on()
    {
        (await _sidecar!.Client.GetAnswerAsync("/v1.0/metadata", ("dapr-api-token", "secret-api"))).Status.ShouldBe(200);

        (await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/echo", ("dapr-api-token", "secret-api"))).Status.ShouldBe(200);
        _sidecar.Other.Requests.Single().Headers.ShouldNotContainKey("dapr-api-token");
    }
}

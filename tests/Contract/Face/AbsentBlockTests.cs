using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>Building blocks that are not here answer as a daprd without such components.</summary>
public sealed class AbsentBlockTests(DaprFixture dapr)
{
    [Theory]
    [InlineData("GET", "/v1.0/secrets/vault/key", "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")]
    [InlineData("GET", "/v1.0/secrets/vault/bulk", "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")]
    [InlineData("GET", "/v1.0/configuration/store?key=a", "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured")]
    [InlineData("GET", "/v1.0/configuration/store/subscribe", "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "configuration stores not configured")]
    [InlineData("POST", "/v1.0-alpha1/lock/store", "ERR_LOCK_STORE_NOT_CONFIGURED", "lock store is not configured")]
    [InlineData("PUT", "/v1.0-alpha1/crypto/keys/encrypt", "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", "crypto providers not configured")]
    public async Task it_is_500_not_configured(string method, string path, string code, string message)
    {
        dapr.Embedded("it may have such components");

        var answer = await dapr.Client.SendAsync(new HttpMethod(method), path, method is "GET" ? null : "{}", ("Content-Type", "application/json"));

        (answer.Status, answer.ErrorCode, answer.Message).ShouldBe((500, code, message));
    }

    [Fact]
    public async Task actors_are_not_there()
    {
        dapr.Embedded("it may have actors");

        var answer = await dapr.Client.PostJsonAsync("/v1.0/actors/cat/1/method/meow", "{}");

        (answer.Status, answer.ErrorCode).ShouldBe((500, "ERR_ACTOR_RUNTIME_NOT_FOUND"));
    }

    [Theory]
    [InlineData("POST", "/v1.0/lock/store")]
    [InlineData("GET", "/v1.0-alpha1/secrets/vault/key")]
    [InlineData("POST", "/v1.0/secrets/vault/key")]
    public async Task what_no_version_has_is_404(string method, string path) =>
        (await dapr.Client.SendAsync(new HttpMethod(method), path, null)).Status.ShouldBe(404);
}

using System.Net;
using System.Text;
using Gateway.Security;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Hosting;

namespace Tests.Unit.Gateway.Security;

public sealed class GatewaySecurityTests
{
    private const string Operator = "Bearer " + LockedGateway.OperatorKey;
    private const string Customer = "Bearer " + LockedGateway.CustomerKey;
    private const string Monitor = "Bearer " + LockedGateway.MonitorKey;

    [Theory]
    [InlineData("/open", null, 200)]
    [InlineData("/customers", null, 401)]
    [InlineData("/customers", "Bearer", 401)]
    [InlineData("/customers", "Bearer ", 401)]
    [InlineData("/customers", "Bearer ck_wrong", 401)]
    [InlineData("/customers", "Bearer ck_customer2", 401)]
    [InlineData("/customers", "Basic ck_customer", 401)]
    [InlineData("/customers", Customer, 200)]
    [InlineData("/customers", "bearer " + LockedGateway.CustomerKey, 200)]
    [InlineData("/customers", Operator, 200)]
    [InlineData("/new", null, 401)]
    [InlineData("/new", Customer, 403)] // what nobody has opened is an operator's
    [InlineData("/new", Operator, 200)]
    [InlineData("/nosuch", null, 404)]
    [InlineData("/metrics", null, 401)]
    [InlineData("/metrics", Customer, 403)]
    [InlineData("/metrics", Monitor, 200)]
    [InlineData("/metrics", Operator, 200)]
    [InlineData("/customers", Monitor, 403)]
    [InlineData("/new", Monitor, 403)]
    public async Task a_key_opens_what_its_role_may(string path, string? key, int status)
    {
        await using var gateway = await LockedGateway.StartAsync();

        using var answer = await gateway.GetAsync(path, key);

        ((int)answer.StatusCode).ShouldBe(status);
        if (status >= 400)
        {
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        answer.Headers.WwwAuthenticate.ToString().ShouldBe(status == 401 ? "Bearer" : "");
    }

    [Fact]
    public async Task without_keys_on_loopback_everything_is_allowed()
    {
        await using var gateway = await LockedGateway.StartAsync(hasKeys: false);

        (await gateway.StatusAsync("/new", null)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5100")]
    [InlineData("http://*:5100")]
    [InlineData("http://[::]:5100")]
    [InlineData("http://127.0.0.1:5100;http://10.0.0.1:5100")]
    public void without_keys_it_does_not_start_where_others_reach_it(string urls)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["urls"] = urls;

        Should.Throw<SettingException>(() => builder.AddGatewaySecurity()).Message
            .ShouldContain("ApiKeys:File: is missing, and the gateway listens on http://");
    }

    [Theory]
    [InlineData("http://127.0.0.1:5100", true)]
    [InlineData("http://localhost:5100;http://[::1]:5100", true)]
    [InlineData("http://+:80", false)]
    public void listening_on_loopback_is_told_from_listening_for_all(string urls, bool isLoopback)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["urls"] = urls;

        (Listening.Read(builder.Configuration).Open is null).ShouldBe(isLoopback);
    }

    [Fact]
    public async Task a_key_is_given_and_taken_without_a_restart()
    {
        await using var gateway = await LockedGateway.StartAsync();
        (await gateway.StatusAsync("/customers", Customer)).ShouldBe(HttpStatusCode.OK);

        gateway.WriteKeys(("ops", "operator", LockedGateway.OperatorKey, null), ("new", "customer", "ck_new", null));

        await Eventually.HoldsAsync(async () => await gateway.StatusAsync("/customers", "Bearer ck_new") == HttpStatusCode.OK, () => "the new key is not taken");
        (await gateway.StatusAsync("/customers", Customer)).ShouldBe(HttpStatusCode.Unauthorized);

        File.WriteAllText(gateway.KeyFile, "{");
        (await gateway.StatusAsync("/customers", "Bearer ck_new")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task whoever_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up()
    {
        await using var gateway = await LockedGateway.StartAsync();
        HttpResponseMessage answer;
        do
        {
            answer = await gateway.GetAsync("/customers", "Bearer " + LockedGateway.SlowKey);
        }
        while (answer.StatusCode == HttpStatusCode.OK);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await gateway.StatusAsync("/customers", Customer)).ShouldBe(HttpStatusCode.OK);
        answer.Dispose();
    }

    [Fact]
    public async Task strangers_who_ask_too_often_do_not_make_the_gateway_seem_dead()
    {
        await using var gateway = await LockedGateway.StartAsync();
        while (await gateway.StatusAsync("/customers", null) == HttpStatusCode.Unauthorized)
        {
            // until the address has used up its rate
        }

        for (var i = 0; i < RequestRates.NobodyPerSecond; i++)
        {
            (await gateway.StatusAsync(HealthPaths.Ready, null)).ShouldBe(HttpStatusCode.OK);
            (await gateway.StatusAsync(HealthPaths.Live, null)).ShouldBe(HttpStatusCode.OK);
        }

        (await gateway.StatusAsync("/metrics", Monitor)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task nobody_tries_keys_at_will_where_metrics_are()
    {
        await using var gateway = await LockedGateway.StartAsync();
        var (status, tries) = (HttpStatusCode.Unauthorized, 0);
        for (; status == HttpStatusCode.Unauthorized && tries < 100 * RequestRates.NobodyPerSecond; tries++)
        {
            status = await gateway.StatusAsync("/metrics", $"Bearer ck_{tries}");
        }

        status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task answers_carry_security_headers_and_hide_what_is_inside()
    {
        await using var gateway = await LockedGateway.StartAsync();

        using var answer = await gateway.GetAsync("/broken", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Contains("Server").ShouldBeFalse();
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("secret of the house");
    }

    [Fact]
    public async Task a_body_or_headers_beyond_the_limit_are_refused()
    {
        await using var gateway = await LockedGateway.StartAsync(hasKeys: false);
        using var large = new StringContent($"\"{new string('x', 2_000_000)}\"", Encoding.UTF8, "application/json");
        using var many = new HttpRequestMessage(HttpMethod.Get, "/open");
        for (var i = 0; i < 100; i++)
        {
            many.Headers.Add($"X-{i}", "1");
        }

        using var tooLarge = await gateway.Http.PostAsync("/post", large);
        using var tooMany = await gateway.Http.SendAsync(many);

        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        tooMany.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    [Theory]
    [InlineData("{\"keys\":[]}", "keys: 0 keys")]
    [InlineData("{\"keys\":[null]}", "keys[0].id: ''")]
    [InlineData("{\"keys\":[{\"id\":\"a b\"}]}", "keys[0].id: 'a b'")]
    [InlineData("{\"keys\":[{\"id\":\"a\",\"role\":\"king\"}]}", "keys[0].role: 'king'")]
    [InlineData("{\"keys\":[{\"id\":\"a\",\"role\":\"operator\",\"hash\":\"12\"}]}", "keys[0].hash: is no SHA-256")]
    [InlineData("{\"keys\":[{\"id\":\"a\",\"role\":\"operator\",\"secret\":\"12\"}]}", "line 1 is not as it should be")]
    [InlineData("{", "line 1 is not as it should be")]
    public async Task a_wrong_file_of_keys_is_told_by_file_and_field(string content, string expected)
    {
        await using var gateway = await LockedGateway.StartAsync();
        File.WriteAllText(gateway.KeyFile, content);

        Should.Throw<SettingException>(() => ApiKeyFile.Read(gateway.KeyFile)).Message.ShouldStartWith($"{gateway.KeyFile}: ");
        Should.Throw<SettingException>(() => ApiKeyFile.Read(gateway.KeyFile)).Message.ShouldContain(expected);
    }

    [Fact]
    public async Task a_file_of_keys_that_others_may_write_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "files have no such modes there");
        await using var gateway = await LockedGateway.StartAsync();
#pragma warning disable CA1416 // skipped above
        File.SetUnixFileMode(gateway.KeyFile, File.GetUnixFileMode(gateway.KeyFile) | UnixFileMode.GroupWrite);
#pragma warning restore CA1416

        Should.Throw<SettingException>(() => ApiKeyFile.Read(gateway.KeyFile)).Message.ShouldContain("chmod 600");
    }
}

using Sidecar.Invocation;
using Sidecar.Resources;
using Tests.Contract.Hosting;

namespace Tests.Contract.Invocation;

/// <summary>The access control list of the app that is called. Statuses and words: dapr/dapr pkg/acl, pkg/api/http/directmessaging.go.</summary>
public sealed class AccessControlTests(DaprFixture dapr) : IAsyncLifetime
{
    private readonly KeptLog _log = new();
    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("a real Dapr needs mTLS to know who calls");
        _sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { Loggers = _log });
        var list = new AccessControlList(new AccessControl(false, "public",
        [
            new AccessPolicy("app-a", "default", "public", null, [new AccessOperation("/open/**", ["GET"], Allows: true)]),
        ]));
        _sidecar.Other.Access = list;
        _sidecar.Self.Access = list;
    }

    public ValueTask DisposeAsync() => _sidecar?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("GET", "/v1.0/invoke/app-b/method/closed", "closed")]
    [InlineData("POST", "/v1.0/invoke/app-b/method/open/x?q=1", "open/x")]
    [InlineData("GET", "/v1.0/invoke/app-b/method/open/../closed/x", "closed/x")]
    [InlineData("GET", "/v1.0/invoke/app-b/method/open/%2e%2e%2fclosed", "closed")]
    public async Task what_is_not_allowed_is_403_in_dapr_s_words_and_does_not_reach_the_app(string verb, string path, string operation)
    {
        var answer = await _sidecar.Client.SendAsync(new HttpMethod(verb), path, null);

        answer.Status.ShouldBe(403);
        answer.Body.ShouldBe(
            "{\"errorCode\":\"ERR_DIRECT_INVOKE\",\"message\":\"failed to invoke, id: app-b, err: rpc error: code = PermissionDenied desc = "
            + $"access control policy has denied access to id: spiffe://public/ns/default/app-a operation: {operation} verb: {verb}\"}}");
        _sidecar.Other.Requests.ShouldBeEmpty();
        _log.Has("call to app-b refused").ShouldBeTrue();
    }

    [Theory]
    [InlineData("/v1.0/invoke/app-b/method/open/x")]
    [InlineData("/v1.0/invoke/app-b.default/method/open/x")]
    public async Task what_is_allowed_passes(string path) => (await _sidecar.Client.GetAnswerAsync(path)).Status.ShouldBe(200);

    [Fact]
    public async Task the_header_that_names_an_app_is_no_way_around()
    {
        (await _sidecar.Client.GetAnswerAsync("/closed", ("dapr-app-id", "app-b"))).Status.ShouldBe(403);
        (await _sidecar.Client.GetAnswerAsync("/open/x", ("dapr-app-id", "app-b"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task nobody_can_pretend_to_be_another_caller() =>
        (await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/closed", ("dapr-caller-app-id", "app-b"))).Status.ShouldBe(403);

    [Fact]
    public async Task an_app_may_call_itself_as_in_dapr() =>
        (await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-a/method/closed")).Status.ShouldBe(200);
}

using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Tests.Contract.Hosting;
using Wire.Grpc;
using Wire.Runtime;
using Rpc = Wire.Rpc;
using Verb = Wire.Runtime.HTTPExtension.Types.Verb;

namespace Tests.Contract.Runtime;

/// <summary>InvokeService of apps that speak HTTP. Source: Dapr 1.18.3, pkg/api/grpc/grpc.go, pkg/channel/http, pkg/messaging/v1/util.go.</summary>
public sealed class InvokeServiceTests(DaprFixture dapr) : IAsyncLifetime
{
    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("its apps are here");
        _sidecar = await EmbeddedSidecar.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null)
        {
            await _sidecar.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(Verb.Get)]
    [InlineData(Verb.Post)]
    [InlineData(Verb.Put)]
    [InlineData(Verb.Patch)]
    [InlineData(Verb.Delete)]
    [InlineData(Verb.Options)]
    public async Task the_app_gets_verb_path_query_type_and_body(Verb verb)
    {
        var request = Invocation("app-b", "orders/1", verb, "{\"n\":1}");
        request.Message.ContentType = "application/json";
        request.Message.HttpExtension.Querystring = "a=1&b=x y";

        var answer = await _sidecar.Grpc.CallAsync(DaprRuntime.InvokeService, request);

        answer.Data.Value.ToStringUtf8().ShouldBe("""{"ok":true}""");
        answer.ContentType.ShouldBe("application/json");
        var received = _sidecar.Other.Requests.Single();
        (received.Method, received.Target).ShouldBe((verb.ToString().ToUpperInvariant(), "/orders/1?a=1&b=x%20y"));
        Encoding.UTF8.GetString(received.Body).ShouldBe("{\"n\":1}");
        received.Headers["content-type"].ShouldBe("application/json");
        received.Headers["dapr-caller-app-id"].ShouldBe("app-a");
        received.Headers["dapr-callee-app-id"].ShouldBe("app-b");
    }

    [Fact]
    public async Task metadata_becomes_headers_but_what_belongs_to_the_call()
    {
        using var channel = new GrpcChannel(
            _sidecar.Grpc.Address,
            [new("x-mine", "1"), new("grpc-other", "2"), new("x-bin", "AAAA"), new("dapr-api-token", "secret"), new("traceparent", "junk")]);

        await channel.CallAsync(DaprRuntime.InvokeService, Invocation("app-b", "x", Verb.Get));

        var headers = _sidecar.Other.Requests.Single().Headers;
        headers["x-mine"].ShouldBe("1");
        headers["dapr-grpc-other"].ShouldBe("2");
        headers["dapr-authority"].ShouldBe(_sidecar.Grpc.Address.Authority);
        headers["host"].ShouldBe(_sidecar.Other.BaseAddress!.Authority);
        headers.Keys.ShouldNotContain(name => name.StartsWith(':'));
        foreach (var kept in new[] { "x-bin", "dapr-api-token", "te", "content-type" })
        {
            headers.ShouldNotContainKey(kept);
        }
    }

    [Theory]
    [InlineData(400, StatusCode.Internal, "Bad Request")]
    [InlineData(401, StatusCode.Unauthenticated, "Unauthorized")]
    [InlineData(403, StatusCode.PermissionDenied, "Forbidden")]
    [InlineData(404, StatusCode.NotFound, "Not Found")]
    [InlineData(408, StatusCode.Cancelled, "Request Timeout")]
    [InlineData(409, StatusCode.AlreadyExists, "Conflict")]
    [InlineData(429, StatusCode.ResourceExhausted, "Too Many Requests")]
    [InlineData(500, StatusCode.Unknown, "Internal Server Error")]
    [InlineData(501, StatusCode.Unimplemented, "Not Implemented")]
    [InlineData(503, StatusCode.Unavailable, "Service Unavailable")]
    [InlineData(504, StatusCode.DeadlineExceeded, "Gateway Timeout")]
    public async Task a_failure_of_the_app_is_a_status_with_details(int status, StatusCode code, string text)
    {
        var refusal = await RefusalAsync(Invocation("app-b", $"status/{status}", Verb.Get));

        (refusal.StatusCode, refusal.Status.Detail).ShouldBe((code, text));
        RecordedCall.Unpack(RuntimeCaller.DetailsOf(refusal)!).Single().ShouldBe(new Rpc.ErrorInfo
        {
            Reason = text,
            Domain = "dapr.io",
            Metadata = { ["http.code"] = $"{status}", ["http.error_message"] = $"status {status}" },
        });
        refusal.Trailers.GetValue("dapr-http-status").ShouldBe($"{status}");
    }

    [Theory]
    [InlineData("nobody", "failed to invoke, id: nobody, err: couldn't find service: nobody")]
    [InlineData("app-down", "failed to invoke, id: app-down, err: rpc error: code = Internal desc = error invoking app channel: Get \"http://*")]
    public async Task an_app_that_is_not_there_is_told_without_details(string appId, string text)
    {
        var refusal = await RefusalAsync(Invocation(appId, "x", Verb.Get));

        refusal.StatusCode.ShouldBe(StatusCode.Internal);
        refusal.Status.Detail.ShouldStartWith(text.TrimEnd('*'));
        RuntimeCaller.DetailsOf(refusal).ShouldBeNull();
    }

    [Fact]
    public async Task the_verb_must_be_told()
    {
        var without = await RefusalAsync(new InvokeServiceRequest { Id = "app-b", Message = new InvokeRequest { Method = "x" } });
        var none = await RefusalAsync(Invocation("app-b", "x", Verb.None));
        var unknown = await RefusalAsync(Invocation("app-b", "x", (Verb)77));
        var nothing = await RefusalAsync(new InvokeServiceRequest());

        without.Status.Detail.ShouldBe("failed to invoke, id: app-b, err: rpc error: code = InvalidArgument desc = missing HTTP extension field");
        none.Status.Detail.ShouldBe("failed to invoke, id: app-b, err: rpc error: code = InvalidArgument desc = invalid HTTP verb");
        unknown.Status.Detail.ShouldBe(none.Status.Detail);
        nothing.StatusCode.ShouldBe(StatusCode.Internal);
        _sidecar.Other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/a//b/./c", "/a/b/c")]
    [InlineData("a/../../b", "/b")]
    [InlineData("a%2Fb", "/a/b")]
    [InlineData("a b", "/a%20b")]
    [InlineData("x HTTP/1.1\r\nX-Injected: 1\r\n\r\n", "/x%20HTTP/1.1%0D%0AX-Injected%3A%201%0D%0A%0D%0A")]
    [InlineData("a?q=1\r\nX: 1#f", "/a?q=1%0D%0AX:%201%23f")]
    [InlineData("", "/")]
    public async Task a_path_cannot_leave_its_place(string method, string target)
    {
        await _sidecar.Grpc.CallAsync(DaprRuntime.InvokeService, Invocation("app-b", method, Verb.Get));

        var received = _sidecar.Other.Requests.Single();
        received.Target.ShouldBe(target);
        received.Headers.ShouldNotContainKey("X-Injected");
    }

    [Fact]
    public async Task an_answer_over_the_limit_is_refused()
    {
        await using var small = await EmbeddedSidecar.StartAsync(new SidecarOptions { MaxBodyBytes = 1_000_000 });

        var refusal = await Should.ThrowAsync<RpcException>(small.Grpc.CallAsync(DaprRuntime.InvokeService, Invocation("app-b", "large", Verb.Get)));

        refusal.StatusCode.ShouldBe(StatusCode.Internal);
        refusal.Status.Detail.ShouldStartWith("failed to invoke, id: app-b, err: ");
    }

    [Fact]
    public async Task headers_of_the_app_come_back_those_of_http_with_a_prefix()
    {
        var headers = await Workflows.RawGrpc.HeadersAsync(
            _sidecar.Grpc.Address, DaprRuntime.InvokeService.Path, Workflows.RawGrpc.Frame(Invocation("app-b", "headers", Verb.Get)));

        headers["x-app"].ShouldBe("yes");
        headers["dapr-cache-control"].ShouldBe("no-store");
        headers["dapr-http-status"].ShouldBe("200");
        headers["content-type"].ShouldBe("application/grpc");
        headers.ContainsKey("traceparent").ShouldBeFalse();
    }

    private async Task<RpcException> RefusalAsync(InvokeServiceRequest request) =>
        await Should.ThrowAsync<RpcException>(_sidecar.Grpc.CallAsync(DaprRuntime.InvokeService, request));

    private static InvokeServiceRequest Invocation(string appId, string method, Verb verb, string body = "") => new()
    {
        Id = appId,
        Message = new InvokeRequest
        {
            Method = method,
            HttpExtension = new HTTPExtension { Verb = verb },
            Data = body.Length == 0 ? null : new Any { Value = ByteString.CopyFromUtf8(body) },
        },
    };
}

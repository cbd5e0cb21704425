using System.Net;
using System.Net.Sockets;
using System.Text;
using Tests.Contract.Hosting;

namespace Tests.Contract.Invocation;

/// <summary>Service invocation without policies: what the app sees, what the caller gets back.</summary>
public sealed class InvocationTests(DaprFixture dapr) : IAsyncLifetime
{
    private EmbeddedSidecar _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        dapr.Embedded("it would have to have the test's app behind it");
        _sidecar = await EmbeddedSidecar.StartAsync();
    }

    public ValueTask DisposeAsync() => _sidecar?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task every_verb_arrives_with_path_query_headers_and_body(string verb)
    {
        var body = verb is "POST" or "PUT" or "PATCH" ? "{\"a\":1}" : null;

        var answer = await _sidecar.Client.SendAsync(
            new HttpMethod(verb), "/v1.0/invoke/app-b/method/echo/x/y?q=1&q=2&z=%20a", body,
            ("Content-Type", "application/json"), ("X-Custom", "c1"), ("Authorization", "Bearer zz"), ("Accept", "application/json"), ("User-Agent", "me/1.0"));

        answer.Status.ShouldBe(200);
        var seen = _sidecar.Other.Requests.Single();
        seen.Method.ShouldBe(verb);
        seen.Target.ShouldBe("/echo/x/y?q=1&q=2&z=%20a");
        Encoding.UTF8.GetString(seen.Body).ShouldBe(body ?? "");
        seen.Headers["Content-Type"].ShouldBe("application/json");
        seen.Headers["X-Custom"].ShouldBe("c1");
        seen.Headers["Authorization"].ShouldBe("Bearer zz");
        seen.Headers["Accept"].ShouldBe("application/json");
        seen.Headers["User-Agent"].ShouldBe("me/1.0");
        seen.Headers["Host"].ShouldBe(_sidecar.Other.BaseAddress!.Authority);
    }

    [Fact]
    public async Task daprs_own_headers_are_added_and_cannot_be_forged()
    {
        await _sidecar.Client.GetAnswerAsync(
            "/v1.0/invoke/app-b/method/echo", ("Dapr-Caller-App-Id", "somebody-else"), ("dapr-caller-namespace", "elsewhere"));

        var seen = _sidecar.Other.Requests.Single().Headers;
        seen["Dapr-Caller-App-Id"].ShouldBe("app-a");
        seen["Dapr-Callee-App-Id"].ShouldBe("app-b");
        seen["Dapr-Caller-Namespace"].ShouldBe("default");
        seen["Forwarded"].ShouldBe($"for=127.0.0.1;by=127.0.0.1;host={Environment.MachineName}");
        seen["X-Forwarded-For"].ShouldBe("127.0.0.1");
        seen["X-Forwarded-Host"].ShouldBe(Environment.MachineName);
        seen["traceparent"].ShouldBe("00-00000000000000000000000000000000-0000000000000000-00");
    }

    [Fact]
    public async Task hop_by_hop_headers_stay_on_their_hop()
    {
        await _sidecar.Client.GetAnswerAsync(
            "/v1.0/invoke/app-b/method/echo",
            ("Connection", "x-nominated"), ("X-Nominated", "1"), ("TE", "trailers"), ("Proxy-Authorization", "secret"), ("Keep-Alive", "timeout=5"));

        var seen = _sidecar.Other.Requests.Single().Headers;
        foreach (var name in new[] { "Connection", "X-Nominated", "TE", "Proxy-Authorization", "Keep-Alive" })
        {
            seen.ShouldNotContainKey(name);
        }
    }

    [Fact]
    public async Task binary_bodies_without_content_type_stay_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/app-b/method/bin") { Content = new ByteArrayContent([0, 255]) };

        using var response = await _sidecar.Client.SendAsync(request);

        _sidecar.Other.Requests.Single().Body.ShouldBe([0, 255]);
        _sidecar.Other.Requests.Single().Headers.ShouldNotContainKey("Content-Type");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe([0, 1, 255]);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(418)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task statuses_come_back_as_they_are(int status)
    {
        var answer = await _sidecar.Client.GetAnswerAsync($"/v1.0/invoke/app-b/method/status/{status}");

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe(status is 204 or 304 ? "" : $"status {status}");
        _sidecar.Other.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task headers_come_back_but_for_the_trace_which_is_the_sidecars()
    {
        var answer = await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/headers");

        answer.Headers["Set-Cookie"].ShouldBe("k=v; Path=/, l=w");
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        answer.Headers["X-App"].ShouldBe("yes");
        answer.Headers["traceparent"].ShouldBe("00-00000000000000000000000000000000-0000000000000000-00");
    }

    [Fact]
    public async Task headers_in_utf8_arrive_and_come_back_byte_for_byte()
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        })
        { BaseAddress = _sidecar.Client.BaseAddress };

        var answer = await client.GetAnswerAsync("/v1.0/invoke/app-b/method/utf8", ("X-Name", "Łódź ☃"));

        answer.Status.ShouldBe(200);
        _sidecar.Other.Requests.Single().Headers["X-Name"].ShouldBe("Łódź ☃");
        answer.Headers["X-Name"].ShouldBe("Łódź ☃");
    }

    [Fact]
    public async Task redirects_are_the_callers_business()
    {
        var answer = await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/redirect");

        answer.Status.ShouldBe(302);
        answer.Headers["Location"].ShouldBe("/elsewhere");
    }

    [Theory]
    [InlineData("/v1.0/invoke/app-b/method/", "/")]
    [InlineData("/v1.0/invoke/app-b/method/a/", "/a")]
    [InlineData("/v1.0/invoke/app-b/method/a//b/./c/../d", "/a/b/d")]
    [InlineData("/v1.0/invoke/app-b/method/../../etc", "/etc")]
    [InlineData("/v1.0/invoke/app-b/method/%2e%2e/x", "/x")]
    [InlineData("/v1.0/invoke/app-b/method//evil.example/x", "/evil.example/x")]
    [InlineData("/v1.0/invoke/app-b/method/a%20b?c=d%2Fe", "/a%20b?c=d%2Fe")]
    [InlineData("/v1.0/invoke/app-b.otherns/method/echo", "/echo")]
    [InlineData("/v1.0/invoke/app-b/method/x/method/y", "/x/method/y")]
    public async Task the_method_path_is_cleaned_as_daprd_cleans_it(string path, string seen)
    {
        (await _sidecar.Client.GetAnswerAsync(path)).Status.ShouldBe(200);

        _sidecar.Other.Requests.Single().Target.ShouldBe(seen);
    }

    [Theory]
    [InlineData("dapr-app-id", "app-b")]
    [InlineData("Authorization", "Basic ZGFwci1hcHAtaWQ6YXBwLWI=")]
    public async Task any_unmatched_path_goes_to_the_app_that_a_header_names(string header, string value)
    {
        (await _sidecar.Client.GetAnswerAsync("/echo/basic?x=1", (header, value))).Status.ShouldBe(200);

        _sidecar.Other.Requests.Single().Target.ShouldBe("/echo/basic?x=1");
        _sidecar.Other.Requests.Single().Headers.ShouldNotContainKey("dapr-app-id");
    }

    [Fact]
    public async Task the_header_does_not_take_over_the_sidecars_own_paths()
    {
        (await _sidecar.Client.GetAnswerAsync("/v1.0/metadata", ("dapr-app-id", "app-b"))).Json.GetProperty("id").GetString().ShouldBe("app-a");

        _sidecar.Other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/v1.0/invoke/no-such-app/method/echo", null)]
    [InlineData("/echo", "no-such-app")]
    public async Task an_unknown_app_is_500(string path, string? header)
    {
        var answer = header is null ? await _sidecar.Client.GetAnswerAsync(path) : await _sidecar.Client.GetAnswerAsync(path, ("dapr-app-id", header));

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: no-such-app, err: couldn't find service: no-such-app"}""");
    }

    [Fact]
    public async Task an_app_that_is_down_is_500_and_says_so()
    {
        var answer = await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-down/method/echo");

        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_DIRECT_INVOKE");
        answer.Message.ShouldMatch(
            """^failed to invoke, id: app-down, err: rpc error: code = Internal desc = error invoking app channel: Get "http://127\.0\.0\.1:\d+/echo": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$""");
    }

    [Fact]
    public async Task an_app_that_hangs_up_is_500_eof()
    {
        var answer = await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/drop");

        answer.Status.ShouldBe(500);
        answer.Message.ShouldMatch("/drop\": (EOF|read: connection reset by peer)$");
    }

    [Fact]
    public async Task a_connection_reset_after_the_headers_is_500_with_its_cause()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var asking = _sidecar.Client.GetAnswerAsync($"/v1.0/invoke/{url}/method/x");

        using (var connection = await listener.AcceptSocketAsync())
        {
            _ = await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8.ToArray());
            connection.LingerState = new LingerOption(enable: true, seconds: 0); // closing resets
        }

        var answer = await asking;
        answer.Status.ShouldBe(500);
        answer.ErrorCode.ShouldBe("ERR_DIRECT_INVOKE");
    }

    [Fact]
    public async Task its_own_app_gets_no_dapr_headers()
    {
        (await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-a/method/echo", ("X-Custom", "1"))).Status.ShouldBe(200);

        var seen = _sidecar.Self.Requests.Single().Headers;
        seen["X-Custom"].ShouldBe("1");
        seen.Keys.ShouldNotContain(name => name.StartsWith("Dapr-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task an_address_outside_is_called_by_url()
    {
        var url = _sidecar.Other.BaseAddress!.GetLeftPart(UriPartial.Authority);

        (await _sidecar.Client.GetAnswerAsync($"/v1.0/invoke/{url}/method/echo/ext?x=1", ("X-Custom", "1"))).Status.ShouldBe(200);

        _sidecar.Other.Requests.Single().Target.ShouldBe("/echo/ext?x=1");
        _sidecar.Other.Requests.Single().Headers.ShouldNotContainKey("Dapr-Caller-App-Id");
    }

    [Fact]
    public async Task a_body_over_the_limit_is_500_and_the_app_sees_nothing()
    {
        await using var small = await EmbeddedSidecar.StartAsync(new SidecarOptions { MaxBodyBytes = 1000 });

        var answer = await small.Client.SendAsync(HttpMethod.Post, "/v1.0/invoke/app-b/method/echo", new string('x', 1001));

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: app-b, err: stream too large"}""");
        small.Other.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_answer_is_streamed_part_by_part()
    {
        using var response = await _sidecar.Client.GetAsync("/v1.0/invoke/app-b/method/stream", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[5];

        // The app sends the rest only after the caller has had the first part.
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Encoding.UTF8.GetString(buffer).ShouldBe("first");
        _sidecar.Other.StreamGate.SetResult();

        (await new StreamReader(stream).ReadToEndAsync()).ShouldBe("last");
    }

    [Fact]
    public async Task a_large_answer_is_complete()
    {
        (await _sidecar.Client.GetByteArrayAsync("/v1.0/invoke/app-b/method/large")).Length.ShouldBe(3_000_000);
    }

    [Fact]
    public async Task a_caller_that_goes_away_takes_the_call_along()
    {
        using var patience = new CancellationTokenSource();
        var call = _sidecar.Client.GetAsync("/v1.0/invoke/app-b/method/hang", patience.Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (_sidecar.Other.Requests.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        (await _sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/echo")).Status.ShouldBe(200);
    }
}

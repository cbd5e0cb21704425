using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Zipkin;
using Tests.Servers;

namespace Tests.Unit.Sidecar.Zipkin;

/// <summary>Zipkin's v2 API over real sockets (zipkin2-api.yaml).</summary>
public sealed class ZipkinServerTests : IAsyncLifetime
{
    private const string Span = """{"traceId":"0af7651916cd43dd8448eb211c80319c","id":"1","name":"Post","kind":"CLIENT","timestamp":1000000,"duration":5,"localEndpoint":{"serviceName":"gateway"},"remoteEndpoint":{"serviceName":"orders"},"tags":{"http.route":"/orders"}}""";

    private readonly Uri _collector = new($"http://127.0.0.1:{LoopbackPort.Free()}/api/v2/spans");
    private readonly HttpClient _client;
    private ZipkinServer _server = null!;

    public ZipkinServerTests() => _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _collector };

    public async ValueTask InitializeAsync() => _server = (await OpenAsync())!;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task what_is_posted_is_found_by_every_question()
    {
        (await PostAsync($"[{Span}]")).Status.ShouldBe(202);

        (await GetAsync("services")).ShouldBe((200, """["gateway"]"""));
        (await GetAsync("spans?serviceName=Gateway")).ShouldBe((200, """["post"]"""));
        (await GetAsync("remoteServices?serviceName=gateway")).ShouldBe((200, """["orders"]"""));
        (await GetAsync("spans?serviceName=nobody")).ShouldBe((200, "[]"));
        const string Whole = """{"traceId":"0af7651916cd43dd8448eb211c80319c","id":"0000000000000001","kind":"CLIENT","name":"post","timestamp":1000000,"duration":5,"localEndpoint":{"serviceName":"gateway"},"remoteEndpoint":{"serviceName":"orders"},"tags":{"http.route":"/orders"}}""";
        (await GetAsync("trace/0af7651916cd43dd8448eb211c80319c")).ShouldBe((200, $"[{Whole}]"));
        (await GetAsync("trace/8448eb211c80319c")).ShouldBe((200, $"[{Whole}]"));
        (await GetAsync("traces?endTs=2000&serviceName=GATEWAY&spanName=all&annotationQuery=http.route%3D/orders&minDuration=5")).ShouldBe((200, $"[[{Whole}]]"));
        (await GetAsync("traces?endTs=2000&lookback=500")).ShouldBe((200, "[]"));
        (await GetAsync("traceMany?traceIds=8448eb211c80319c,77")).ShouldBe((200, $"[[{Whole}]]"));
        (await GetAsync("dependencies?endTs=2000")).ShouldBe((200, """[{"parent":"gateway","child":"orders","callCount":1}]"""));
        (await GetAsync("autocompleteKeys")).Body.ShouldContain("http.route");
        (await GetAsync("autocompleteValues?key=http.route")).ShouldBe((200, """["/orders"]"""));
        (await GetAsync("autocompleteValues?key=unknown")).ShouldBe((200, "[]"));
        (await _client.GetStringAsync("/health")).ShouldContain("UP");
    }

    [Theory]
    [InlineData("spans", "serviceName is missing")]
    [InlineData("traces?limit=0", "limit <= 0")]
    [InlineData("traces?lookback=x", "lookback 'x' is no whole number")]
    [InlineData("traces?maxDuration=5", "maxDuration is only valid with minDuration")]
    [InlineData("traces?minDuration=6&maxDuration=5", "maxDuration < minDuration")]
    [InlineData("trace/xyz", "traceId should be lower-hex")]
    [InlineData("traceMany?traceIds=1", "Use /api/v2/trace/{traceId}")]
    [InlineData("traceMany?traceIds=1,01", "redundant traceId")]
    [InlineData("traceMany?traceIds=", "traceId is empty")]
    [InlineData("dependencies", "endTs is missing")]
    [InlineData("autocompleteValues", "key is missing")]
    public async Task a_wrong_question_is_400_with_the_reason(string path, string reason)
    {
        var (status, body) = await GetAsync(path);

        (status, body.Contains(reason, StringComparison.Ordinal)).ShouldBe((400, true), body);
    }

    [Fact]
    public async Task an_unknown_trace_is_404() => (await GetAsync("trace/abc")).ShouldBe((404, "0000000000000abc not found\n"));

    [Fact]
    public async Task packed_bodies_are_unpacked_and_broken_ones_refused()
    {
        (await PostAsync(Packed($"[{Span}]"), encoding: "gzip")).Status.ShouldBe(202);
        (await GetAsync("services")).Body.ShouldBe("""["gateway"]""");
        (await PostAsync(Encoding.UTF8.GetBytes("no gzip"), encoding: "gzip")).ShouldBe((400, "Cannot gunzip spans\n"));
        (await PostAsync("[]"u8.ToArray(), encoding: "br")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task too_large_bodies_are_413_packed_or_not()
    {
        var large = $"[{Span}{new string(' ', ZipkinLimits.BodyMax)}]";

        (await PostAsync(Packed(large), encoding: "gzip")).Status.ShouldBe(413);
        (await PostAsync(Encoding.UTF8.GetBytes(large))).Status.ShouldBe(413);
        (await GetAsync("services")).Body.ShouldBe("[]");
    }

    [Fact]
    public async Task connections_beyond_the_limit_are_closed_until_others_end()
    {
        var held = new List<TcpClient>();
        for (var i = 0; i < ZipkinLimits.ConnectionsMax; i++)
        {
            held.Add(await ConnectAsync());
        }

        using (var further = await ConnectAsync())
        {
            (await IsClosedAsync(further)).ShouldBeTrue();
        }

        held.ForEach(static h => h.Dispose());
        await Eventually.HoldsAsync(AnswersAsync, () => "None is free again.");
    }

    [Fact]
    public async Task traces_of_any_number_are_one_list()
    {
        for (var i = 1; i <= 3; i++)
        {
            await PostAsync($$"""[{"traceId":"{{i}}","id":"1","timestamp":1000}]""");
        }

        using var all = JsonDocument.Parse((await GetAsync("traces?endTs=2000&limit=1000")).Body);
        all.RootElement.GetArrayLength().ShouldBe(3);
        (await GetAsync("traces?endTs=2000&serviceName=nobody")).ShouldBe((200, "[]"));
    }

    [Fact]
    public async Task other_formats_are_415_malformed_spans_400_and_nothing_202()
    {
        (await PostAsync([1, 2], type: "application/x-protobuf")).ShouldBe((415, "'application/x-protobuf' is not supported here; send application/json\n"));
        (await PostAsync("""[{"traceId":"1"}]""")).ShouldBe((400, "span 0: id is missing\n"));
        (await PostAsync("")).Status.ShouldBe(202);
        (await PostAsync("[]")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task a_body_with_one_bad_span_leaves_none()
    {
        (await PostAsync($$"""[{{Span}},{"id":"1"}]""")).Status.ShouldBe(400);

        (await GetAsync("services")).Body.ShouldBe("[]");
    }

    [Fact]
    public async Task parts_that_come_later_are_merged_into_the_answer()
    {
        await PostAsync($"[{Span}]");
        await PostAsync("""[{"traceId":"8448eb211c80319c","id":"1","tags":{"error":"late"}}]""");

        using var trace = JsonDocument.Parse((await GetAsync("trace/0af7651916cd43dd8448eb211c80319c")).Body);
        trace.RootElement.EnumerateArray().Single().GetProperty("tags").GetProperty("error").GetString().ShouldBe("late");
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    public async Task pages_of_other_sites_are_kept_out(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2/services");
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await _client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task the_pages_run_no_script_but_their_own_and_unknown_files_are_404()
    {
        using var page = await _client.GetAsync("/zipkin/traces/abc");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self'");
        (await page.Content.ReadAsStringAsync()).ShouldContain("<main");
        (await _client.GetAsync("/zipkin/nothing.js")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var path in new[] { "/", "/zipkin" })
        {
            using var answer = await _client.GetAsync(path);
            (answer.StatusCode, answer.Headers.Location?.OriginalString).ShouldBe((HttpStatusCode.Redirect, "/zipkin/"));
        }
    }

    [Fact]
    public async Task where_somebody_listens_already_none_is_opened()
    {
        (await OpenAsync()).ShouldBeNull();

        (await PostAsync($"[{Span}]")).Status.ShouldBe(202);
    }

    [Theory]
    [InlineData("http://localhost:9411/api/v2/spans", true)]
    [InlineData("http://127.0.0.1:9411/api/v2/spans", true)]
    [InlineData("http://[::1]:9411/api/v2/spans", true)]
    [InlineData("https://localhost:9411/api/v2/spans", false)]
    [InlineData("http://zipkin:9411/api/v2/spans", false)]
    [InlineData("http://10.0.0.1:9411/api/v2/spans", false)]
    public void only_plain_endpoints_of_this_machine_are_served(string endpoint, bool expected) => ZipkinServer.CanBe(new Uri(endpoint)).ShouldBe(expected);

    private static async Task<bool> IsClosedAsync(TcpClient connection)
    {
        try
        {
            return await connection.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _collector.Port);
        return connection;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await GetAsync("services")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private Task<ZipkinServer?> OpenAsync() => ZipkinServer.OpenAsync(_collector, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    private Task<(int Status, string Body)> PostAsync(string body) => PostAsync(Encoding.UTF8.GetBytes(body));

    private async Task<(int Status, string Body)> PostAsync(byte[] body, string type = "application/json", string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        // Asks before it sends, so that a refusal is read and not met in the middle of the body.
        using var request = new HttpRequestMessage(HttpMethod.Post, _collector) { Content = content };
        request.Headers.ExpectContinue = true;
        using var answer = await _client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var answer = await _client.GetAsync($"/api/v2/{path}");
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Text;
using Tests.Contract.Hosting;

namespace Tests.Contract.Invocation;

/// <summary>Bodies whose length is not told go through as they come, and so once only.</summary>
public sealed class StreamedBodyTests(DaprFixture dapr)
{
    private const string Policies = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: policies}
        spec:
          policies:
            timeouts: {short: 300ms}
            retries: {three: {policy: constant, duration: 1ms, maxRetries: 3}}
          targets:
            apps: {app-b: {POLICY}}
        """;

    [Fact]
    public async Task the_app_gets_the_first_part_before_the_last_is_sent()
    {
        await using var sidecar = await StartAsync();
        var app = sidecar.Other;

        var answer = await PostAsync(sidecar, "upload", new PartsContent("first ", app.UploadBegun.Task, "last"));

        answer.Body.ShouldBe("first last");
        app.Requests.Single().Headers.ShouldNotContainKey("Content-Length");
    }

    [Fact]
    public async Task it_is_not_sent_again_whatever_the_retry_policy_says()
    {
        await using var sidecar = await StartAsync("retry: three");

        (await PostAsync(sidecar, "failn/2/x", new PartsContent("a", Task.CompletedTask, "b"))).Status.ShouldBe(503);

        sidecar.Other.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task an_app_that_hangs_up_gets_it_once_too()
    {
        await using var sidecar = await StartAsync("retry: three");

        (await PostAsync(sidecar, "hangup", new PartsContent("a", Task.CompletedTask, "b"))).Status.ShouldBe(500);

        sidecar.Other.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task too_much_of_it_is_refused_with_daprs_words()
    {
        await using var sidecar = await StartAsync();

        var answer = await PostAsync(sidecar, "echo", new PartsContent(new string('x', 3 << 20), Task.CompletedTask, new string('y', 2 << 20)));

        (answer.Status, answer.Body).ShouldBe((500, Answer.Error("ERR_DIRECT_INVOKE", "failed to invoke, id: app-b, err: stream too large")));
    }

    [Fact]
    public async Task a_time_out_covers_it()
    {
        await using var sidecar = await StartAsync("timeout: short");

        var answer = await PostAsync(sidecar, "hang", new PartsContent("a", Task.CompletedTask, "b"));

        answer.Message.ShouldBe("failed to invoke, id: app-b, err: context deadline exceeded");
        (await sidecar.Client.GetAnswerAsync("/v1.0/healthz")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task a_time_out_covers_the_whole_answer()
    {
        await using var sidecar = await StartAsync("timeout: short");

        await Should.ThrowAsync<HttpRequestException>(() => sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/stream"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task a_call_without_a_body_is_one_request_to_an_app_that_hangs_up(string verb)
    {
        await using var sidecar = await StartAsync();

        var answer = await sidecar.Client.SendAsync(new HttpMethod(verb), "/v1.0/invoke/app-b/method/hangup", null);

        answer.Status.ShouldBe(500);
        answer.Message.ShouldEndWith("/hangup\": EOF");
        sidecar.Other.Requests.Count.ShouldBe(1);
    }

    private Task<EmbeddedSidecar> StartAsync(string? policy = null)
    {
        dapr.Embedded("it would have to have the test's app behind it");
        return EmbeddedSidecar.StartAsync(
            new SidecarOptions { Resiliency = policy is null ? null : Policies.Replace("POLICY", policy, StringComparison.Ordinal) });
    }

    private static async Task<Answer> PostAsync(EmbeddedSidecar sidecar, string method, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(sidecar.Client.BaseAddress!, $"/v1.0/invoke/app-b/method/{method}"));
        request.Content = content;
        request.Headers.TransferEncodingChunked = true;
        using var response = await sidecar.Client.SendAsync(request);
        return await Sending.ReadAsync(response);
    }

    /// <summary>Two parts, the second one not before something has happened.</summary>
    private sealed class PartsContent(string first, Task before, string last) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
            await stream.FlushAsync();
            await before;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(last));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

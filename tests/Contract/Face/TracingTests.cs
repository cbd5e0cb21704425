using Tests.Contract.Hosting;

namespace Tests.Contract.Face;

/// <summary>The trace headers of answers, of calls to apps and of what the publisher gets.</summary>
public sealed class TracingTests(DaprFixture dapr)
{
    private const string Zero = "00-00000000000000000000000000000000-0000000000000000-00";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Sampled = $"00-{TraceId}-b7ad6b7169203331-01";
    private const string Unsampled = $"00-{TraceId}-b7ad6b7169203331-00";

    [Theory]
    [InlineData(null, Zero)]
    [InlineData("garbage", Zero)]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", Zero)]
    [InlineData(Sampled, Sampled)]
    [InlineData(Unsampled, Unsampled)]
    public async Task without_tracing_the_callers_context_passes_through(string? sent, string expected)
    {
        var sidecar = dapr.Embedded("its tracing is configured elsewhere");

        (await GetAsync(sidecar, sent)).Headers["traceparent"].ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, "01")]
    [InlineData("garbage", "01")]
    [InlineData(Sampled, "01")]
    [InlineData(Unsampled, "00")]
    public async Task with_tracing_each_request_is_a_span_below_the_callers_or_a_new_root(string? sent, string flags)
    {
        dapr.Embedded("its tracing is configured elsewhere");
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 1 });

        var parts = (await GetAsync(sidecar, sent)).Headers["traceparent"].Split('-');

        parts[0].ShouldBe("00");
        (parts[1] == TraceId).ShouldBe(sent is Sampled or Unsampled);
        parts[1].Length.ShouldBe(32);
        parts[2].Length.ShouldBe(16);
        parts[2].ShouldNotBe("b7ad6b7169203331");
        parts[3].ShouldBe(flags);
    }

    [Fact]
    public async Task a_sampling_rate_of_zero_starts_traces_that_nobody_records()
    {
        dapr.Embedded("its tracing is configured elsewhere");
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 0 });

        (await GetAsync(sidecar, null)).Headers["traceparent"].ShouldEndWith("-00");
        (await GetAsync(sidecar, Sampled)).Headers["traceparent"].ShouldEndWith("-01");
    }

    [Fact]
    public async Task the_called_app_sees_a_span_of_the_same_trace_and_the_trace_state()
    {
        dapr.Embedded("the app behind it is not known here");
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 1 });

        var answer = await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/echo", ("traceparent", Sampled), ("tracestate", "v=1"));

        var seen = sidecar.Other.Requests.Single().Headers;
        seen["traceparent"].ShouldStartWith($"00-{TraceId}-");
        seen["traceparent"].ShouldNotBe(answer.Headers["traceparent"]);
        seen["tracestate"].ShouldBe("v=1");
        answer.Headers["tracestate"].ShouldBe("v=1");
    }

    [Fact]
    public async Task the_publisher_gets_the_span_that_the_answer_names()
    {
        dapr.Embedded("its publisher is not seen here");
        await using var sidecar = await EmbeddedSidecar.StartAsync(new SidecarOptions { TracingSamplingRate = 1 });

        var answer = await sidecar.Client.SendAsync(HttpMethod.Post, "/v1.0/publish/pubsub/t", "{}", ("traceparent", Sampled), ("tracestate", "v=1"));

        sidecar.Publisher.Calls.Single().Trace.TraceParent.ShouldBe(answer.Headers["traceparent"]);
        sidecar.Publisher.Calls.Single().Trace.TraceState.ShouldBe("v=1");
    }

    private static Task<Answer> GetAsync(EmbeddedSidecar sidecar, string? traceParent) => traceParent is null
        ? sidecar.Client.GetAnswerAsync("/v1.0/metadata")
        : sidecar.Client.GetAnswerAsync("/v1.0/metadata", ("traceparent", traceParent));
}

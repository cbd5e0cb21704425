using Sidecar.Resiliency;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>The counts are those recorded from a real Dapr for service invocation and deliveries.</summary>
public sealed class RetryTests
{
    private const string Constant = """
          policies: {retries: {r3: {policy: constant, duration: 100ms, maxRetries: 3}}}
          targets: {apps: {app-b: {retry: r3}}, components: {pubsub: {inbound: {retry: r3}}}}
        """;

    private readonly ImpatientTime _time = new();
    private readonly List<int> _calls = [];

    [Theory]
    [InlineData(new[] { 200 }, 1, 200)]
    [InlineData(new[] { 503, 503, 200 }, 3, 200)]
    [InlineData(new[] { 503, 503, 503, 200 }, 4, 200)]
    [InlineData(new[] { 503, 503, 503, 503, 200 }, 4, 503)]
    [InlineData(new[] { 404 }, 4, 404)]
    [InlineData(new[] { 400 }, 4, 400)]
    [InlineData(new[] { 0, 0, 200 }, 3, 200)]
    public async Task attempts_are_one_and_at_most_max_retries_more(int[] statuses, int attempts, int status)
    {
        var result = await RunAsync(Constant, statuses);

        result.ShouldBe(status);
        _calls.Count.ShouldBe(attempts);
        _time.Waits.ShouldBe(Enumerable.Repeat(TimeSpan.FromMilliseconds(100), attempts - 1));
    }

    [Fact]
    public async Task a_delivery_is_made_one_and_max_retries_times()
    {
        await PolicyFile.Read(Constant, _time).ForComponentInbound("pubsub")
            .RunAsync(PolicyFile.Answers(_calls, 500), PolicyFile.Judge, CancellationToken.None);

        _calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task the_last_exception_is_thrown_on()
    {
        await Should.ThrowAsync<HttpRequestException>(() => RunAsync(Constant, 0));

        _calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task a_permanent_failure_is_not_tried_again()
    {
        var result = await PolicyFile.Read(Constant, _time).ForComponentInbound("pubsub")
            .RunAsync(
                PolicyFile.Answers(_calls, 404),
                _ => new Outcome(Failed: true, Permanent: true),
                CancellationToken.None);

        result.ShouldBe(404);
        _calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(400, 1)]
    [InlineData(429, 4)]
    [InlineData(500, 4)]
    [InlineData(503, 4)]
    [InlineData(504, 1)]
    public async Task matching_limits_retries_to_the_listed_statuses(int status, int attempts)
    {
        await RunAsync(
            """
              policies: {retries: {r: {duration: 100ms, maxRetries: 3, matching: {httpStatusCodes: "429,500-503"}}}}
              targets: {apps: {app-b: {retry: r}}}
            """,
            status);

        _calls.Count.ShouldBe(attempts);
    }

    [Fact]
    public async Task matching_does_not_limit_failures_without_a_status()
    {
        await Should.ThrowAsync<HttpRequestException>(() => RunAsync(
            """
              policies: {retries: {r: {duration: 100ms, maxRetries: 3, matching: {httpStatusCodes: "429"}}}}
              targets: {apps: {app-b: {retry: r}}}
            """,
            0));

        _calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task max_retries_zero_means_one_attempt()
    {
        await RunAsync("  policies: {retries: {r: {maxRetries: 0}}}\n  targets: {apps: {app-b: {retry: r}}}", 500);

        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task exponential_waits_grow_by_half_around_500_ms_up_to_the_maximum()
    {
        await RunAsync(
            "  policies: {retries: {r: {policy: exponential, maxInterval: 2s, maxRetries: 8}}}\n  targets: {apps: {app-b: {retry: r}}}", 500);

        double[] middle = [500, 750, 1125, 1687.5, 2000, 2000, 2000, 2000];
        _time.Waits.Count.ShouldBe(middle.Length);
        for (var i = 0; i < middle.Length; i++)
        {
            _time.Waits[i].TotalMilliseconds.ShouldBeInRange(middle[i] * 0.5, middle[i] * 1.5);
        }

        _time.Waits.Distinct().Count().ShouldBeGreaterThan(4, "waits are randomized");
    }

    [Fact]
    public async Task exponential_retries_end_after_fifteen_minutes_even_without_a_limit()
    {
        await RunAsync(
            "  policies: {retries: {r: {policy: exponential}}}\n  targets: {apps: {app-b: {retry: r}}}", 500);

        TimeSpan.FromTicks(_time.Waits.Sum(w => w.Ticks)).ShouldBeInRange(
            TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task a_cancelled_caller_ends_the_retries()
    {
        using var cancel = new CancellationTokenSource();
        var policy = PolicyFile.Read(Constant, _time).ForApp("app-b", "x");

        await Should.ThrowAsync<OperationCanceledException>(() => policy.RunAsync<int>(
            async token =>
            {
                _calls.Add(0);
                await cancel.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 0;
            },
            PolicyFile.Judge,
            cancel.Token));

        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task a_result_that_is_given_up_is_disposed()
    {
        var responses = new List<HttpResponseMessage>();
        var last = await PolicyFile.Read(Constant, _time).ForApp("app-b", "x").RunAsync(
            _ =>
            {
                responses.Add(new HttpResponseMessage { Content = new StringContent("x") });
                return Task.FromResult(responses[^1]);
            },
            _ => new Outcome(Failed: true, HttpStatus: 500),
            CancellationToken.None);

        last.ShouldBeSameAs(responses[3]);
        await Should.ThrowAsync<ObjectDisposedException>(() => responses[0].Content.ReadAsStringAsync());
        (await last.Content.ReadAsStringAsync()).ShouldBe("x");
    }

    private Task<int> RunAsync(string spec, params int[] statuses) =>
        PolicyFile.Read(spec, _time).ForApp("app-b", "status").RunAsync(
            PolicyFile.Answers(_calls, statuses), PolicyFile.Judge, CancellationToken.None);
}

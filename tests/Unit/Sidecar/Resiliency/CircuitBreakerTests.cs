using Microsoft.Extensions.Time.Testing;
using Sidecar.Resiliency;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>
/// States and counts as recorded from a real Dapr (maxRequests 1, timeout 3 s, consecutiveFailures >= 2).
/// </summary>
public sealed class CircuitBreakerTests
{
    private const string Breaker = """
          policies: {circuitBreakers: {cb: {maxRequests: 1, timeout: 3s, trip: consecutiveFailures >= 2}}}
          targets: {apps: {app-b: {circuitBreaker: cb}}}
        """;

    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _calls = [];

    [Fact]
    public async Task it_opens_once_the_condition_holds_and_lets_nothing_through()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        await CallAsync(policies, 500);
        await CallAsync(policies, 500);

        var error = await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200));

        error.Message.ShouldBe("circuit breaker is open");
        _calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task four_hundreds_count_as_failures_and_redirects_do_not()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        await CallAsync(policies, 304);
        await CallAsync(policies, 304);
        await CallAsync(policies, 404);
        await CallAsync(policies, 404);

        await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200));
    }

    [Fact]
    public async Task a_success_starts_the_count_anew()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        foreach (var status in new[] { 500, 200, 500, 200, 500 })
        {
            (await CallAsync(policies, status)).ShouldBe(status);
        }
    }

    [Fact]
    public async Task after_its_timeout_one_trial_decides()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        await CallAsync(policies, 500);
        await CallAsync(policies, 500);

        _time.Advance(TimeSpan.FromSeconds(3.1));
        await CallAsync(policies, 500);
        await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200));

        _time.Advance(TimeSpan.FromSeconds(3.1));
        await CallAsync(policies, 200);
        await CallAsync(policies, 500);
        (await CallAsync(policies, 200)).ShouldBe(200);
    }

    [Fact]
    public async Task while_half_open_only_the_trial_goes_through()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        await CallAsync(policies, 500);
        await CallAsync(policies, 500);
        _time.Advance(TimeSpan.FromSeconds(3.1));
        var trial = new TaskCompletionSource<int>();
        var running = policies.ForApp("app-b", "toggle").RunAsync(
            _ => trial.Task, PolicyFile.Judge, CancellationToken.None);

        (await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200))).Message.ShouldBe("too many requests");

        trial.SetResult(200);
        await running;
        (await CallAsync(policies, 200)).ShouldBe(200);
    }

    [Fact]
    public async Task each_app_and_method_path_has_its_own()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        await CallAsync(policies, 500);
        await CallAsync(policies, 500);

        (await CallAsync(policies, 200, "other")).ShouldBe(200);
        await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200));
    }

    [Fact]
    public async Task an_open_breaker_ends_the_retries()
    {
        var time = new ImpatientTime();
        var policies = PolicyFile.Read(
            """
              policies: {retries: {r3: {duration: 100ms, maxRetries: 3}}, circuitBreakers: {cb: {timeout: 3s, trip: consecutiveFailures >= 2}}}
              targets: {apps: {app-b: {retry: r3, circuitBreaker: cb}}}
            """,
            time);

        await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 500));

        _calls.Count.ShouldBe(2);
        time.Waits.Count.ShouldBe(2);
    }

    [Fact]
    public async Task the_interval_clears_the_counts_while_closed()
    {
        var policies = PolicyFile.Read(
            """
              policies: {circuitBreakers: {cb: {interval: 10s, timeout: 3s, trip: totalFailures >= 2}}}
              targets: {apps: {app-b: {circuitBreaker: cb}}}
            """,
            _time);
        await CallAsync(policies, 500);
        _time.Advance(TimeSpan.FromSeconds(11));
        await CallAsync(policies, 500);
        (await CallAsync(policies, 200)).ShouldBe(200);
        await CallAsync(policies, 500);

        await Should.ThrowAsync<CircuitOpenException>(() => CallAsync(policies, 200));
    }

    [Fact]
    public async Task what_began_before_the_last_change_is_not_counted()
    {
        var policies = PolicyFile.Read(Breaker, _time);
        var old = new TaskCompletionSource<int>();
        var running = policies.ForApp("app-b", "toggle").RunAsync(
            _ => old.Task, PolicyFile.Judge, CancellationToken.None);
        await CallAsync(policies, 500);
        await CallAsync(policies, 500);
        _time.Advance(TimeSpan.FromSeconds(3.1));
        await CallAsync(policies, 200);

        old.SetResult(500);
        await running;

        await CallAsync(policies, 500);
        (await CallAsync(policies, 200)).ShouldBe(200);
    }

    [Fact]
    public async Task a_component_has_one_for_both_directions()
    {
        var policies = PolicyFile.Read(
            """
              policies: {circuitBreakers: {cb: {trip: consecutiveFailures >= 1}}}
              targets: {components: {pubsub: {inbound: {circuitBreaker: cb}, outbound: {circuitBreaker: cb}}}}
            """,
            _time);
        await policies.ForComponentInbound("pubsub").RunAsync(
            PolicyFile.Answers(_calls, 500), PolicyFile.Judge, CancellationToken.None);

        await Should.ThrowAsync<CircuitOpenException>(() => policies.ForComponentOutbound("pubsub")
            .RunAsync(PolicyFile.Answers(_calls, 200), PolicyFile.Judge, CancellationToken.None));
    }

    private Task<int> CallAsync(IPolicies policies, int status, string path = "toggle") =>
        policies.ForApp("app-b", path).RunAsync(
        _ =>
        {
            _calls.Add(status);
            return Task.FromResult(status);
        },
        PolicyFile.Judge,
        CancellationToken.None);
}

using Microsoft.Extensions.Time.Testing;
using Sidecar.Resiliency;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>Which policy applies to what. Source: Dapr docs, "Policy hierarchy resolution".</summary>
public sealed class PolicyLookupTests
{
    [Fact]
    public async Task without_policies_an_attempt_is_made_once()
    {
        var policies = PolicyFile.Read("  policies: {}", new FakeTimeProvider());

        policies.ForApp("app-b", "x").IsEmpty.ShouldBeTrue();
        policies.ForComponentInbound("pubsub").IsEmpty.ShouldBeTrue();
        (await AttemptsAsync(policies.ForApp("app-b", "x"))).ShouldBe(1);
    }

    [Theory]
    [InlineData("app", 2)]
    [InlineData("other", 3)]
    [InlineData("pubsub-in", 4)]
    [InlineData("pubsub-out", 6)]
    [InlineData("statestore-out", 7)]
    [InlineData("named", 8)]
    [InlineData("named-in", 1)]
    public async Task the_most_specific_default_wins_and_a_named_target_has_no_defaults(string target, int attempts)
    {
        var policies = PolicyFile.Read(
            """
              policies:
                retries:
                  of2: {duration: 1ms, maxRetries: 1}
                  of8: {duration: 1ms, maxRetries: 7}
                  DefaultRetryPolicy: {duration: 1ms, maxRetries: 8}
                  DefaultAppRetryPolicy: {duration: 1ms, maxRetries: 2}
                  DefaultComponentRetryPolicy: {duration: 1ms, maxRetries: 4}
                  DefaultComponentOutboundRetryPolicy: {duration: 1ms, maxRetries: 5}
                  DefaultPubsubComponentInboundRetryPolicy: {duration: 1ms, maxRetries: 3}
                  DefaultStatestoreComponentOutboundRetryPolicy: {duration: 1ms, maxRetries: 6}
              targets:
                apps: {app: {retry: of2}}
                components: {named: {outbound: {retry: of8}}}
            """,
            new ImpatientTime());

        (await AttemptsAsync(target switch
        {
            "pubsub-in" => policies.ForComponentInbound("pubsub"),
            "pubsub-out" => policies.ForComponentOutbound("pubsub"),
            "statestore-out" => policies.ForComponentOutbound("statestore"),
            "named" => policies.ForComponentOutbound("named"),
            "named-in" => policies.ForComponentInbound("named"),
            _ => policies.ForApp(target, "x"),
        })).ShouldBe(attempts);
    }

    [Fact]
    public async Task the_general_default_is_the_last_resort()
    {
        var policies = PolicyFile.Read(
            "  policies: {retries: {DefaultRetryPolicy: {duration: 1ms, maxRetries: 1}}}", new ImpatientTime());

        (await AttemptsAsync(policies.ForApp("any", "x"))).ShouldBe(2);
        (await AttemptsAsync(policies.ForComponentInbound("pubsub"))).ShouldBe(2);
    }

    [Fact]
    public async Task breakers_of_seldom_used_paths_are_forgotten_beyond_the_cache_size()
    {
        var policies = PolicyFile.Read(
            """
              policies: {circuitBreakers: {cb: {trip: consecutiveFailures >= 1}}}
              targets: {apps: {app: {circuitBreaker: cb, circuitBreakerCacheSize: 2}}}
            """,
            new FakeTimeProvider());
        await AttemptsAsync(policies.ForApp("app", "a"));
        await Should.ThrowAsync<CircuitOpenException>(() => AttemptsAsync(policies.ForApp("app", "a")));
        await AttemptsAsync(policies.ForApp("app", "b"));
        await AttemptsAsync(policies.ForApp("app", "c"));

        (await AttemptsAsync(policies.ForApp("app", "a"))).ShouldBe(1);
    }

    private static async Task<int> AttemptsAsync(IPolicy policy)
    {
        var calls = new List<int>();
        await policy.RunAsync(PolicyFile.Answers(calls, 500), PolicyFile.Judge, CancellationToken.None);
        return calls.Count;
    }
}

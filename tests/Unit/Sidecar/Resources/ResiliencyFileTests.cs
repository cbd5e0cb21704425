using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

public sealed class ResiliencyFileTests : IDisposable
{
    private const string Full = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: resiliency
        spec:
          policies:
            timeouts:
              general: 1m30s
            retries:
              often:
                policy: exponential
                maxInterval: 10s
                maxRetries: 12
                matching:
                  httpStatusCodes: "429,500-503"
                  gRPCStatusCodes: "2,13-14"
              plain: {}
            circuitBreakers:
              breaker:
                maxRequests: 2
                interval: 8s
                timeout: 500ms
                trip: consecutiveFailures >= 2
              standard: {}
          targets:
            apps:
              inventory:
                timeout: general
                retry: often
                circuitBreaker: breaker
                circuitBreakerCacheSize: 7
            actors:
              cart:
                retry: often
                circuitBreaker: breaker
                circuitBreakerScope: both
            components:
              pubsub:
                inbound:
                  retry: often
                outbound:
                  timeout: general
        """;

    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void policies_and_targets_are_read()
    {
        var resource = _folder.With("r.yaml", Full).Load().Resiliencies.ShouldHaveSingleItem();

        resource.Timeouts["general"].ShouldBe(TimeSpan.FromSeconds(90));
        var retry = resource.Retries["often"];
        retry.Exponential.ShouldBeTrue();
        retry.MaxInterval.ShouldBe(TimeSpan.FromSeconds(10));
        retry.MaxRetries.ShouldBe(12);
        retry.HttpStatusCodes.ShouldBe([new CodeRange(429, 429), new CodeRange(500, 503)]);
        retry.GrpcStatusCodes.ShouldBe([new CodeRange(2, 2), new CodeRange(13, 14)]);
        var breaker = resource.CircuitBreakers["breaker"];
        breaker.MaxRequests.ShouldBe(2);
        breaker.Interval.ShouldBe(TimeSpan.FromSeconds(8));
        breaker.Timeout.ShouldBe(TimeSpan.FromMilliseconds(500));
        breaker.Trip.Text.ShouldBe("consecutiveFailures >= 2");
        resource.Apps["inventory"].ShouldBe(new PolicyNames("general", "often", "breaker", 7));
        resource.Components["pubsub"].Inbound.ShouldBe(new PolicyNames(null, "often", null));
        resource.Components["pubsub"].Outbound.ShouldBe(new PolicyNames("general", null, null));
    }

    [Fact]
    public void absent_fields_have_daprs_defaults()
    {
        var resource = _folder.With("r.yaml", Full).Load().Resiliencies.ShouldHaveSingleItem();

        resource.Retries["plain"].ShouldBe(
            new RetrySettings(false, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), -1, null, null));
        var breaker = resource.CircuitBreakers["standard"];
        breaker.MaxRequests.ShouldBe(1);
        breaker.Interval.ShouldBe(TimeSpan.Zero);
        breaker.Timeout.ShouldBe(TimeSpan.FromSeconds(60));
        breaker.Trip.Text.ShouldBe("consecutiveFailures > 5");
    }

    [Theory]
    [InlineData("5s", 5_000)]
    [InlineData("\"250\"", 250)]
    [InlineData("1h2m3s", 3_723_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("1500us", 1.5)]
    [InlineData("0", 0)]
    public void durations_are_those_of_go_and_bare_milliseconds(string written, double milliseconds) =>
        _folder.With("r.yaml", Full.Replace("general: 1m30s", $"general: {written}", StringComparison.Ordinal)).Load()
            .Resiliencies[0].Timeouts["general"].TotalMilliseconds.ShouldBe(milliseconds);

    [Theory]
    [InlineData("5 s")]
    [InlineData("5x")]
    [InlineData("-5s")]
    [InlineData("s")]
    [InlineData("5s3")]
    [InlineData("99999999h")]
    public void anything_else_is_no_duration(string written) =>
        _folder.With(
            "r.yaml", Full.Replace("general: 1m30s", $"general: '{written}'", StringComparison.Ordinal)).Error()
            .ShouldContain(
                $"r.yaml: spec.policies.timeouts.general: '{written}' is not a duration. Write a duration such as 500ms");

    [Theory]
    [InlineData("policy: exponential", "policy: linear", "retries.often.policy: 'linear' is not supported", "constant, exponential")]
    [InlineData("maxRetries: 12", "maxRetries: -2", "retries.often.maxRetries: '-2' is not a whole number", "without quotes")]
    [InlineData("maxRetries: 12", "maxRetrys: 12", "retries.often.maxRetrys: is unknown", "maxRetries")]
    [InlineData("429,500-503", "429,900", "matching.httpStatusCodes: '900' is not a status code", "429,502-504")]
    [InlineData("429,500-503", "503-500", "matching.httpStatusCodes: '503-500' is not a status code", "without spaces")]
    [InlineData("2,13-14", "17", "matching.gRPCStatusCodes: '17' is not a status code", "2,13-14")]
    [InlineData("consecutiveFailures >= 2", "failures > 2", "circuitBreakers.breaker.trip: 'failures > 2' is not a condition: 'failures' is unknown", "consecutiveFailures > 5")]
    [InlineData("consecutiveFailures >= 2", "requests", "circuitBreakers.breaker.trip: 'requests' is not a condition", "consecutiveFailures > 5")]
    [InlineData("timeout: 500ms", "timeout: soon", "circuitBreakers.breaker.timeout: 'soon' is not a duration", "500ms")]
    [InlineData("timeout: general\n        retry", "timeout: genral\n        retry", "spec.targets.apps.inventory.timeout: there is no policy 'genral' under spec.policies.timeouts", "general")]
    [InlineData("inbound:\n          retry: often", "inbound:\n          retry: DaprBuiltInServiceRetry", "inbound.retry: there is no policy 'DaprBuiltInServiceRetry'", "often, plain")]
    [InlineData("inbound:\n          retry: often", "inbound:\n          retry: oftn", "spec.targets.components.pubsub.inbound.retry: there is no policy 'oftn'", "often, plain")]
    [InlineData("circuitBreaker: breaker\n        circuitBreakerCacheSize", "circuitBreaker: b\n        circuitBreakerCacheSize", "spec.targets.apps.inventory.circuitBreaker: there is no policy 'b'", "breaker, standard")]
    [InlineData("circuitBreakerScope: both", "circuitBreakerScope: all", "targets.actors.cart.circuitBreakerScope: 'all' is not supported", "type, id, both")]
    [InlineData("inbound:", "inbond:", "targets.components.pubsub.inbond: is unknown", "inbound, outbound")]
    [InlineData("targets:", "target:", "spec.target: is unknown", "policies, targets")]
    public void a_mistake_is_named_with_file_field_and_remedy(string good, string bad, string problem, string remedy)
    {
        Full.ShouldContain(good);
        var error = _folder.With("r.yaml", Full.Replace(good, bad, StringComparison.Ordinal)).Error();

        error.ShouldContain("r.yaml: ");
        error.ShouldContain(problem);
        error.ShouldContain(remedy);
    }

    [Fact]
    public void a_target_may_name_a_policy_of_another_file_in_scope()
    {
        _folder.With("a.yaml", File("a", "policies: {timeouts: {quick: 1s}}"))
            .With("b.yaml", File("b", "targets: {apps: {inventory: {timeout: quick}}}"));

        _folder.Load().Resiliencies.Count.ShouldBe(2);
    }

    [Fact]
    public void a_target_may_name_a_built_in_retry_without_defining_it()
    {
        _folder.With("a.yaml", File("a", "targets: {apps: {inventory: {retry: DaprBuiltInServiceRetries}}}"));

        _folder.Load().Resiliencies[0].Apps["inventory"].Retry.ShouldBe("DaprBuiltInServiceRetries");
    }

    [Fact]
    public void a_file_out_of_scope_is_not_loaded()
    {
        _folder.With("a.yaml", Full + "\nscopes: [billing]");

        _folder.Load("orders").Resiliencies.ShouldBeEmpty();
        _folder.Load("billing").Resiliencies.ShouldHaveSingleItem();
    }

    private static string File(string name, string spec) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: {{name}}}
        spec: { {{spec}} }
        """;
}

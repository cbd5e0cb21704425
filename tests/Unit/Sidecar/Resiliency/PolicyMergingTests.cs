using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Resiliency;
using Tests.Unit.Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>Several resiliency files, scopes, and the policies that Dapr has built in.</summary>
public sealed class PolicyMergingTests
{
    [Fact]
    public async Task of_two_files_that_name_the_same_the_later_wins_and_the_rest_is_kept()
    {
        using var folder = new ResourceFolder()
            .With("a.yaml", File("first", "{retries: {r: {duration: 1ms, maxRetries: 1}, kept: {duration: 1ms, maxRetries: 4}}}", "{apps: {one: {retry: r}, two: {retry: kept}}}"))
            .With("b.yaml", File("second", "{retries: {r: {duration: 1ms, maxRetries: 2}}}", "{apps: {three: {retry: kept}}}"));

        (await AttemptsAsync(folder, "one")).ShouldBe(3);
        (await AttemptsAsync(folder, "two")).ShouldBe(5);
        (await AttemptsAsync(folder, "three")).ShouldBe(5);
    }

    [Fact]
    public async Task a_file_for_other_apps_is_not_used()
    {
        using var folder = new ResourceFolder()
            .With("a.yaml", File("ours", "{retries: {DefaultRetryPolicy: {duration: 1ms, maxRetries: 1}}}", "{}"))
            .With("b.yaml", File("others", "{retries: {DefaultRetryPolicy: {duration: 1ms, maxRetries: 7}}}", "{}") + "scopes: [somebody-else]\n");

        (await AttemptsAsync(folder, "any")).ShouldBe(2);
    }

    [Theory]
    [InlineData("{}", "DaprBuiltInServiceRetries", 4)]
    [InlineData("{}", "DaprBuiltInActorRetries", 4)]
    [InlineData("{}", "DaprBuiltInActorNotFoundRetries", 6)]
    [InlineData("{retries: {DaprBuiltInServiceRetries: {duration: 1ms, maxRetries: 5}}}", "DaprBuiltInServiceRetries", 6)]
    [InlineData("{retries: {DaprBuiltInServiceRetries: {duration: 1ms, maxRetries: 1}}}", "DaprBuiltInServiceRetries", 4)]
    [InlineData("{retries: {DaprBuiltInActorNotFoundRetries: {duration: 1ms, maxRetries: 9}}}", "DaprBuiltInActorNotFoundRetries", 6)]
    public async Task a_target_may_name_a_built_in_policy_which_a_file_can_change_within_limits(string policies, string name, int attempts)
    {
        using var folder = new ResourceFolder().With("a.yaml", File("builtin", policies, $"{{apps: {{app: {{retry: {name}}}}}}}"));

        (await AttemptsAsync(folder, "app")).ShouldBe(attempts);
    }

    [Fact]
    public async Task without_retries_a_policy_keeps_its_breaker()
    {
        using var folder = new ResourceFolder().With("a.yaml", File(
            "both",
            "{retries: {r: {duration: 1ms, maxRetries: 3}}, circuitBreakers: {cb: {trip: consecutiveFailures >= 2}}, timeouts: {t: 7s}}",
            "{apps: {app: {retry: r, circuitBreaker: cb, timeout: t}}}"));
        var once = Policies(folder).ForApp("app", "x").WithoutRetries;
        var calls = new List<int>();

        await once.RunAsync(PolicyFile.Answers(calls, 500), PolicyFile.Judge, CancellationToken.None);
        await once.RunAsync(PolicyFile.Answers(calls, 500), PolicyFile.Judge, CancellationToken.None);

        calls.Count.ShouldBe(2);
        once.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
        await Should.ThrowAsync<CircuitOpenException>(() => once.RunAsync(PolicyFile.Answers(calls, 200), PolicyFile.Judge, CancellationToken.None));
    }

    private static string File(string name, string policies, string targets) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: {{name}}}
        spec:
          policies: {{policies}}
          targets: {{targets}}

        """;

    private static Policies Policies(ResourceFolder folder) =>
        new(folder.Load().Resiliencies, [], new ImpatientTime(), new Random(1), NullLoggerFactory.Instance);

    private static async Task<int> AttemptsAsync(ResourceFolder folder, string app)
    {
        var calls = new List<int>();
        await Policies(folder).ForApp(app, "x").RunAsync(PolicyFile.Answers(calls, 500), PolicyFile.Judge, CancellationToken.None);
        return calls.Count;
    }
}

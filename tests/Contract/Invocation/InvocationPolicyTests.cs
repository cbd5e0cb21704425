using System.Text;
using Tests.Contract.Hosting;

namespace Tests.Contract.Invocation;

/// <summary>Service invocation under resiliency policies.</summary>
public sealed class InvocationPolicyTests(DaprFixture dapr)
{
    [Fact]
    public async Task retries_send_the_same_request_again_until_it_succeeds()
    {
        await using var sidecar = await StartAsync("retry: three");

        var answer = await sidecar.Client.SendAsync(
            HttpMethod.Post, "/v1.0/invoke/app-b/method/failn/2/y", "{\"a\":1}", ("Content-Type", "application/json"));

        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe("ok after 3");
        sidecar.Other.Requests.Count.ShouldBe(3);
        sidecar.Other.Requests.ShouldAllBe(request => Encoding.UTF8.GetString(request.Body) == "{\"a\":1}" && request.Headers["Content-Type"] == "application/json");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task without_matching_4xx_is_tried_again_too_and_the_last_answer_comes_back(int status)
    {
        await using var sidecar = await StartAsync("retry: three");

        var answer = await sidecar.Client.GetAnswerAsync($"/v1.0/invoke/app-b/method/status/{status}");

        answer.Status.ShouldBe(status);
        answer.Body.ShouldBe($"status {status}");
        sidecar.Other.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(404, 1)]
    [InlineData(500, 1)]
    [InlineData(503, 4)]
    public async Task with_matching_only_the_named_statuses_are_tried_again(int status, int calls)
    {
        await using var sidecar = await StartAsync("retry: matching");

        (await sidecar.Client.GetAnswerAsync($"/v1.0/invoke/app-b/method/status/{status}")).Status.ShouldBe(status);

        sidecar.Other.Requests.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task a_dropped_connection_is_tried_again_and_then_500()
    {
        await using var sidecar = await StartAsync("retry: three");

        var answer = await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/drop");

        answer.Status.ShouldBe(500);
        answer.Message.ShouldMatch("/drop\": (EOF|read: connection reset by peer)$");
        sidecar.Other.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task a_time_out_is_500_deadline_exceeded()
    {
        await using var sidecar = await StartAsync("timeout: short");

        var answer = await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/hang");

        answer.Status.ShouldBe(500);
        answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: app-b, err: context deadline exceeded"}""");
    }

    [Fact]
    public async Task an_open_breaker_is_500_per_method_path_whatever_the_verb_and_query()
    {
        await using var sidecar = await StartAsync("circuitBreaker: two");
        sidecar.Other.Broken = true;
        for (var i = 0; i < 2; i++)
        {
            var bad = await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/toggle");
            (bad.Status, bad.Body).ShouldBe((500, "toggle bad"));
        }
        sidecar.Other.Broken = false;

        foreach (var answer in new[]
        {
            await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/toggle"),
            await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/toggle?x=1"),
            await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/./toggle/"),
            await sidecar.Client.PostJsonAsync("/v1.0/invoke/app-b/method/toggle", "{}"),
        })
        {
            answer.Status.ShouldBe(500);
            answer.Body.ShouldBe("""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: app-b, err: circuit breaker is open"}""");
        }
        sidecar.Other.Requests.Count.ShouldBe(2);
        (await sidecar.Client.GetAnswerAsync("/v1.0/invoke/app-b/method/status/200")).Status.ShouldBe(200);
    }

    private Task<EmbeddedSidecar> StartAsync(string target)
    {
        dapr.Embedded("its policies are not known here");
        return EmbeddedSidecar.StartAsync(new SidecarOptions
        {
            Resiliency = $$"""
                apiVersion: dapr.io/v1alpha1
                kind: Resiliency
                metadata:
                  name: test
                spec:
                  policies:
                    timeouts:
                      short: 200ms
                    retries:
                      three:
                        policy: constant
                        duration: 10ms
                        maxRetries: 3
                      matching:
                        policy: constant
                        duration: 10ms
                        maxRetries: 3
                        matching:
                          httpStatusCodes: "502-504"
                    circuitBreakers:
                      two:
                        maxRequests: 1
                        timeout: 60s
                        trip: consecutiveFailures >= 2
                  targets:
                    apps:
                      app-b:
                        {{target}}
                """,
        });
    }
}

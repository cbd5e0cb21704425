using Microsoft.Extensions.Time.Testing;
using Sidecar.Resiliency;

namespace Tests.Unit.Sidecar.Resiliency;

public sealed class TimeoutTests
{
    private const string Timeout = "  policies: {timeouts: {t1: 1s}}\n  targets: {apps: {app-b: {timeout: t1}}}";

    [Fact]
    public async Task an_attempt_that_takes_too_long_is_cancelled()
    {
        var time = new FakeTimeProvider();
        CancellationToken seen = default;
        var running = PolicyFile.Read(Timeout, time).ForApp("app-b", "slow").RunAsync(
            async token =>
            {
                seen = token;
                await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, token);
                return 200;
            },
            PolicyFile.Judge,
            CancellationToken.None);

        time.Advance(TimeSpan.FromMilliseconds(999));
        running.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));

        (await Should.ThrowAsync<PolicyTimeoutException>(running)).Limit.ShouldBe(TimeSpan.FromSeconds(1));
        seen.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task an_attempt_that_does_not_heed_its_token_is_left_behind_and_its_result_disposed()
    {
        var time = new FakeTimeProvider();
        var late = new TaskCompletionSource<HttpResponseMessage>();
        var running = PolicyFile.Read(Timeout, time).ForApp("app-b", "slow")
            .RunAsync(_ => late.Task, _ => Outcome.Success, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<PolicyTimeoutException>(running);

        var content = new StringContent("late");
        late.SetResult(new HttpResponseMessage { Content = content });

        await Eventually.HoldsAsync(() => IsDisposed(content));
    }

    [Fact]
    public async Task a_result_in_time_is_returned()
    {
        var time = new FakeTimeProvider();
        var answer = new TaskCompletionSource<int>();
        var running = PolicyFile.Read(Timeout, time).ForApp("app-b", "slow").RunAsync(
            _ => answer.Task, PolicyFile.Judge, CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(900));
        answer.SetResult(404);

        (await running).ShouldBe(404);
    }

    [Fact]
    public async Task a_time_out_is_tried_again_each_attempt_with_its_own_limit()
    {
        var calls = 0;
        await Should.ThrowAsync<PolicyTimeoutException>(() => PolicyFile.Read(
                "  policies: {timeouts: {t1: 1s}, retries: {r3: {duration: 100ms, maxRetries: 3}}}\n  targets: {apps: {app-b: {timeout: t1, retry: r3}}}",
                new ImpatientTime()).ForApp("app-b", "slow")
            .RunAsync<int>(
                async token =>
                {
                    calls++;
                    await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, token);
                    return 200;
                },
                PolicyFile.Judge,
                CancellationToken.None));

        calls.ShouldBe(4);
    }

    [Fact]
    public async Task the_callers_cancellation_is_no_time_out()
    {
        using var cancel = new CancellationTokenSource();
        var running = PolicyFile.Read(Timeout, new FakeTimeProvider()).ForApp("app-b", "slow").RunAsync<int>(
            async token =>
            {
                await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, token);
                return 200;
            },
            PolicyFile.Judge,
            cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    private static bool IsDisposed(StringContent content)
    {
        try
        {
            _ = content.ReadAsStream();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}

using Contracts.Feeds;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Feeds;
using ServiceDefaults.Syncing;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults.Syncing;

/// <summary>How a session goes on, and how it ends; and that there is only ever one.</summary>
public sealed class SyncSessionTests : IAsyncDisposable
{
    private static readonly SyncSettings Quick = new()
    {
        Linger = TimeSpan.FromMilliseconds(500),
        SessionMax = TimeSpan.FromSeconds(10),
        BacklogMax = TimeSpan.FromMilliseconds(100),
        PagePause = TimeSpan.FromMilliseconds(1),
    };

    private readonly FollowingRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task what_comes_during_a_session_is_taken_along()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a");
        var more = new Queue<string>(["pulled-b", "pulled-c", "pulled-d"]);
        rig.Client.AfterRead = async _ =>
        {
            if (rig.Applied.Count > 0 && more.TryDequeue(out var name))
            {
                await rig.RaiseAsync(name);
            }
        };

        await SessionAsync(process);

        rig.Applied.ShouldBe(["pulled-a", "pulled-b", "pulled-c", "pulled-d"]);
    }

    [Fact]
    public async Task what_is_pushed_is_read_once_it_was_quiet_for_the_grace_time()
    {
        var process = rig.Start();
        await rig.RaiseAsync("a");
        await SessionAsync(process);
        process.Count("a").ShouldBe(0);

        rig.Fixture.Time.Advance(Quick.Grace);
        await SessionAsync(process);

        process.Count("a").ShouldBe(1);
        rig.Client.Asked.Where(a => a.Lane == FeedLanes.Pushed).ShouldAllBe(a => a.Quiet == Quick.Grace);
    }

    [Fact]
    public async Task a_backlog_is_read_in_pages_and_left_to_the_next_session_where_it_takes_too_long()
    {
        var process = rig.Start();
        rig.Client.PageMax = 2;
        await rig.RaiseAsync([.. Enumerable.Range(0, 7).Select(i => $"pulled-{i}")]);

        // The owner has more with every page of either lane: there is no end to it but the session's.
        var count = 7;
        using var oneAtATime = new SemaphoreSlim(1);
        rig.Client.AfterRead = async _ =>
        {
            await oneAtATime.WaitAsync();
            await rig.RaiseAsync($"pulled-{count++}", $"pulled-{count++}", $"pulled-{count++}");
            oneAtATime.Release();
        };
        await SessionAsync(process);
        var read = rig.Applied.Count;
        read.ShouldBeGreaterThan(0);
        read.ShouldBeLessThan(count);

        rig.Client.AfterRead = _ => Task.CompletedTask;
        while (rig.Applied.Count < count)
        {
            await SessionAsync(process);
        }

        rig.Applied.ShouldBe(Enumerable.Range(0, count).Select(i => $"pulled-{i}"), "each came once, in order");
    }

    [Fact]
    public async Task an_owner_that_is_away_does_not_keep_another_from_being_read()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a");
        var gone = new FeedFollower<TallyDb>(FollowingRig.Source, rig.Plan(), new AwayFeed(), process.Database, process.Writes, rig.Log);

        await SessionAsync(gone, rig.Follower(process));

        process.Count("pulled-a").ShouldBe(1);
    }

    [Fact]
    public async Task a_chore_that_fails_is_told_and_keeps_nobody_up()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a");
        var session = new SyncSession<TallyDb>(
            [rig.Follower(process)], [_ => throw new IOException("no engine")], Quick, TimeProvider.System, rig.Log);

        await session.RunAsync(CancellationToken.None);

        process.Count("pulled-a").ShouldBe(1);
        rig.Log.Has("no engine").ShouldBeTrue();
    }

    [Fact]
    public async Task a_chore_that_is_never_answered_is_given_up_so_that_the_session_ends()
    {
        var process = rig.Start();
        var session = new SyncSession<TallyDb>(
            [rig.Follower(process)], [c => Task.Delay(Timeout.Infinite, c)], Quick, TimeProvider.System, rig.Log);

        await session.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ticks_during_a_session_ask_for_one_more_and_sessions_never_overlap()
    {
        var process = rig.Start();
        var (running, most, sessions) = (0, 0, 0);
        var release = new TaskCompletionSource();
        var plan = rig.Plan().Also(async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Interlocked.Increment(ref sessions);
            await release.Task;
            Interlocked.Decrement(ref running);
        });
        using var worker = new SyncWorker<TallyDb>(
            plan, rig.Client, process.Database, process.Writes, Quick, TimeProvider.System, new Logger<SyncWorker<TallyDb>>(rig.Log));
        await worker.StartAsync(CancellationToken.None);
        worker.Wake();
        await Eventually.HoldsAsync(() => sessions == 1);
        for (var i = 0; i < 5; i++)
        {
            worker.Wake();
        }

        release.SetResult();
        await Eventually.HoldsAsync(() => sessions == 2 && running == 0);
        await Eventually.StaysAsync(() => sessions == 2, TimeSpan.FromMilliseconds(300));
        await worker.StopAsync(CancellationToken.None);

        most.ShouldBe(1);
    }

    private Task SessionAsync(KernelFixture.Process process) => SessionAsync(rig.Follower(process));

    private Task SessionAsync(params FeedFollower<TallyDb>[] followers) =>
        new SyncSession<TallyDb>(followers, [], Quick, TimeProvider.System, rig.Log).RunAsync(CancellationToken.None);

    private sealed class AwayFeed : IFeedClient
    {
        public Task<ChangePage> ReadAsync(
            string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken) =>
            throw new HttpRequestException($"{source} is away");
    }
}

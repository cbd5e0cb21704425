using System.Diagnostics;
using Consistency.Telemetry;
using Contracts.Feeds;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Syncing;
using Tests.Unit.Consistency;
using Tests.Unit.Consistency.Telemetry;
using Tests.Unit.ServiceDefaults.Syncing;

namespace Tests.Unit.ServiceDefaults.Telemetry;

/// <summary>Goal: what a service does about another's change is in the trace of that change; looking for changes is in no order's trace.</summary>
public sealed class FollowerSpanTests : IAsyncDisposable
{
    private static readonly SyncSettings Quick = new()
    {
        Linger = TimeSpan.FromMilliseconds(500),
        SessionMax = TimeSpan.FromSeconds(10),
        BacklogMax = TimeSpan.FromMilliseconds(100),
        PagePause = TimeSpan.FromMilliseconds(1),
    };

    private readonly SpanRecorder spans = new();
    private readonly FollowingRig rig = new();

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        spans.Dispose();
    }

    [Fact]
    public async Task a_change_is_applied_below_the_write_that_made_it_with_a_link_to_the_session()
    {
        var write = await RaiseAsync("pulled-a");
        using var tick = new CurrentRequest();

        await SessionAsync(rig.Start(), tick.Context);

        var applied = spans.Of(write).ShouldHaveSingleItem();
        (applied.DisplayName, applied.Kind).ShouldBe(("reconcile tally", ActivityKind.Consumer));
        applied.ParentSpanId.ToHexString().ShouldBe(SpanRecorder.IdIn(write));
        var session = spans.Find(applied.Links.Single().Context).ShouldNotBeNull();
        (session.DisplayName, session.ParentSpanId).ShouldBe(("sync session", default));
        session.TraceId.ShouldNotBe(applied.TraceId);
        spans.LinkedTo(tick.Context).ShouldBe([session]);
    }

    [Fact]
    public async Task what_changes_nothing_makes_no_span_and_a_session_that_finds_nothing_neither()
    {
        var process = rig.Start();
        var write = await RaiseAsync("pulled-a");
        await SessionAsync(process);
        ServiceRewind(process);
        using var tick = new CurrentRequest();

        await SessionAsync(process, tick.Context);

        rig.Applied.Count.ShouldBe(2, "it was read again");
        spans.Of(write).Count.ShouldBe(1);
        spans.LinkedTo(tick.Context).ShouldBeEmpty();
    }

    [Fact]
    public async Task what_cannot_be_applied_says_so_once_however_often_it_is_tried_and_tells_when_it_can()
    {
        var process = rig.Start();
        var write = await RaiseAsync("pulled-a");
        rig.Poison["pulled-a"] = true;
        await SessionAsync(process);
        await SessionAsync(process);

        var failed = spans.Of(write).ShouldHaveSingleItem();
        (failed.Status, failed.StatusDescription).ShouldBe((ActivityStatusCode.Error, "pulled-a is poison"));
        rig.Poison.Clear();
        await SessionAsync(process);

        spans.Of(write).Last().GetTagItem(SpanTags.FeedLane).ShouldBe("kept");
        spans.Of(write).Last().Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task what_was_pushed_and_never_arrived_is_healed_in_its_own_trace()
    {
        var write = await RaiseAsync("a");
        rig.Fixture.Time.Advance(Quick.Grace);

        await SessionAsync(rig.Start());

        var healed = spans.Of(write).ShouldHaveSingleItem();
        healed.GetTagItem(SpanTags.FeedLane).ShouldBe(FeedLanes.Pushed);
    }

    [Fact]
    public async Task a_session_asks_and_does_its_chores_in_nobody_s_trace()
    {
        await RaiseAsync("pulled-a");
        var seen = new List<string?>();
        rig.Client.AfterRead = _ =>
        {
            seen.Add(Activity.Current?.Id);
            return Task.CompletedTask;
        };

        await SessionAsync(rig.Start(), default, _ =>
        {
            seen.Add(Activity.Current?.Id);
            return Task.CompletedTask;
        });

        seen.Count.ShouldBeGreaterThan(1);
        seen.ShouldAllBe(id => id == null);
    }

    /// <summary>Returns the context of the write.</summary>
    private async Task<string> RaiseAsync(string name)
    {
        using var request = new CurrentRequest();
        await rig.RaiseAsync(name);
        return request.Traceparent;
    }

    // As a restored backup would do: it reads the feed from its beginning.
    private static void ServiceRewind(KernelFixture.Process process)
    {
        using var connection = process.Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM feed_cursor";
        command.ExecuteNonQuery();
    }

    private Task SessionAsync(KernelFixture.Process process, ActivityContext tick = default, params Func<CancellationToken, Task>[] chores) =>
        new SyncSession<TallyDb>([rig.Follower(process)], chores, Quick, TimeProvider.System, LoggerOf()).RunAsync(CancellationToken.None, tick);

    private ILogger LoggerOf() => rig.Log;
}

using System.Text.Json;
using Consistency;
using Consistency.Feeds;
using Contracts.Feeds;
using ServiceDefaults.Feeds;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults.Syncing;

/// <summary>What is read is applied, whatever dies in between, and the cursor never passes what is not.</summary>
public sealed class FeedFollowerTests : IAsyncDisposable
{
    private readonly FollowingRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task what_the_owner_has_arrives_and_is_read_once()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a", "pulled-a", "pulled-b");

        (await FollowAsync(process)).ShouldBe(2);
        (await FollowAsync(process)).ShouldBe(0);

        process.Count("pulled-a").ShouldBe(2);
        process.Count("pulled-b").ShouldBe(1);
        rig.Applied.ShouldBe(["pulled-a", "pulled-b"]);
    }

    [Theory]
    [InlineData(CrashPoint.BeforeCommit, 2)]
    [InlineData(CrashPoint.AfterCommit, 1)]
    public async Task a_crash_around_the_commit_repeats_the_page_or_does_not_and_loses_nothing(CrashPoint point, int times)
    {
        await rig.RaiseAsync("pulled-a");
        await Should.ThrowAsync<CrashException>(() => FollowAsync(rig.Start(point)));

        var next = rig.Start();
        await FollowAsync(next);

        next.Count("pulled-a").ShouldBe(1);
        rig.Applied.Count.ShouldBe(times);
    }

    [Fact]
    public async Task of_two_instances_that_have_read_the_same_page_one_moves_the_cursor_and_the_other_does_no_harm()
    {
        await rig.RaiseAsync("pulled-a");
        var (one, two) = (rig.Start(), rig.Start());
        var oneFollower = rig.Follower(one);
        rig.Client.AfterRead = async _ =>
        {
            // While the first has its page in hand, the second reads the same, and is done with it and with a newer one.
            rig.Client.AfterRead = _ => Task.CompletedTask;
            await FollowAsync(two);
            await rig.RaiseAsync("pulled-b");
            await FollowAsync(two);
        };

        await oneFollower.FollowAsync(FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);

        (await FollowAsync(one)).ShouldBe(0, "the cursor has not gone back");
        one.Count("pulled-a").ShouldBe(1);
        one.Count("pulled-b").ShouldBe(1);
    }

    [Fact]
    public async Task a_change_that_cannot_be_applied_is_kept_and_keeps_nobody_up()
    {
        var process = rig.Start();
        rig.Poison["pulled-bad"] = true;
        await rig.RaiseAsync("pulled-a", "pulled-bad", "pulled-b");

        await FollowAsync(process);
        await rig.Follower(process).RetryAsync(CancellationToken.None);

        rig.Applied.ShouldBe(["pulled-a", "pulled-b"]);
        process.Database.KeptChangeCount().ShouldBe(1);
        rig.Log.Count("pulled-bad").ShouldBe(1, "it is told once, not with every attempt");

        rig.Poison.Clear();
        await rig.Follower(process).RetryAsync(CancellationToken.None);
        process.Count("pulled-bad").ShouldBe(1);
        process.Database.KeptChangeCount().ShouldBe(0);
    }

    [Fact]
    public async Task a_newer_change_of_the_same_record_replaces_the_kept_one()
    {
        var process = rig.Start();
        rig.Poison["pulled-bad"] = true;
        await rig.RaiseAsync("pulled-bad");
        await FollowAsync(process);
        await rig.RaiseAsync("pulled-bad");
        await FollowAsync(process);
        process.Database.KeptOf(FollowingRig.Source, 10).Single().Read<TallyState>().Count.ShouldBe(2);

        rig.Poison.Clear();
        await rig.RaiseAsync("pulled-bad");
        await FollowAsync(process);

        process.Database.KeptChangeCount().ShouldBe(0);
        await rig.Follower(process).RetryAsync(CancellationToken.None);
        process.Count("pulled-bad").ShouldBe(3);
    }

    [Fact]
    public async Task once_the_cause_is_gone_all_that_was_kept_is_applied_at_once()
    {
        var process = rig.Start();
        var names = Enumerable.Range(0, 700).Select(i => $"pulled-{i:D3}").ToList();
        names.ForEach(n => rig.Poison[n] = true);
        await rig.RaiseAsync([.. names]);
        await FollowAsync(process);
        await FollowAsync(process);
        process.Database.KeptChangeCount().ShouldBe(700);

        rig.Poison.Clear();
        await rig.Follower(process).RetryAsync(CancellationToken.None);

        process.Database.KeptChangeCount().ShouldBe(0);
    }

    [Fact]
    public async Task an_older_change_that_is_applied_late_does_not_make_a_newer_one_forgotten()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a");
        var late = rig.Feed.Read(new FeedQuery(FeedCursor.Start, Lane.Pulled, 10, TimeSpan.Zero, TimeSpan.Zero)).Items.Single();
        rig.Poison["pulled-a"] = true;
        await rig.RaiseAsync("pulled-a");
        await FollowAsync(process);

        await process.Writes.ExecuteAsync(work => KeptChanges.Keep(work, FollowingRig.Source, late, "also late"));
        await process.Writes.ExecuteAsync(work =>
        {
            KeptChanges.Forget(work, FollowingRig.Source, late);
            return true;
        });

        process.Database.KeptOf(FollowingRig.Source, 10).Single().Read<TallyState>().Count.ShouldBe(2);
    }

    [Fact]
    public async Task what_is_kept_of_a_life_that_a_restored_backup_has_undone_gives_way_to_what_is_told_now()
    {
        var process = rig.Start();
        await rig.RaiseAsync("pulled-a", "pulled-a", "pulled-a");
        rig.Poison["pulled-a"] = true;
        await FollowAsync(process);

        rig.Poison.Clear();
        var restored = new ChangePage(
            [
                new Change(
                    "tally", "pulled-a", Sequence: 1, rig.Fixture.Time.GetUtcNow(), Deleted: false, JsonSerializer.SerializeToElement(new TallyState("pulled-a", 1))),
            ],
            "restored.1",
            More: false,
            rig.Fixture.Time.GetUtcNow(),
            Rewound: true);
        await rig.Follower(process, new OnePage(restored)).FollowAsync(FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);

        process.Database.KeptChangeCount().ShouldBe(0);
        process.Count("pulled-a").ShouldBe(1);
    }

    [Fact]
    public async Task an_owner_that_is_away_is_told_once_and_read_on_when_it_is_back()
    {
        var process = rig.Start();
        var follower = rig.Follower(process);
        await rig.RaiseAsync("pulled-a");
        rig.Client.IsAway = true;
        for (var i = 0; i < 3; i++)
        {
            (await follower.FollowAsync(FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None)).ShouldBeNull();
        }

        rig.Log.Count("does not answer").ShouldBe(1);
        rig.Client.IsAway = false;
        await follower.FollowAsync(FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None);

        rig.Log.Count("answers again").ShouldBe(1);
        process.Count("pulled-a").ShouldBe(1);
    }

    [Fact]
    public async Task a_page_of_many_is_applied_in_bites_that_let_others_write()
    {
        var process = rig.Start(CrashPoint.BeforeCommit);
        await rig.RaiseAsync([.. Enumerable.Range(0, 150).Select(i => $"pulled-{i:D3}")]);

        // The first bite dies with its process; the cursor has not moved, and the page comes whole again.
        await Should.ThrowAsync<CrashException>(() => FollowAsync(process));
        (await FollowAsync(rig.Start())).ShouldBe(150);

        process.Database.Read(db => db.Tallies.Count()).ShouldBe(150);
    }

    [Fact]
    public async Task kinds_of_a_later_version_are_passed_over()
    {
        var process = rig.Start();
        await rig.Owner.Writes.ExecuteAsync(work =>
        {
            work.RecordChange("novelty", "n", Lane.Pulled);
            return true;
        });
        await rig.RaiseAsync("pulled-a");

        await FollowAsync(process);

        rig.Applied.ShouldBe(["pulled-a"]);
        process.Database.KeptChangeCount().ShouldBe(0);
    }

    private sealed class OnePage(ChangePage page) : IFeedClient
    {
        public Task<ChangePage> ReadAsync(
            string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken) => Task.FromResult(page);
    }

    private async Task<int> FollowAsync(KernelFixture.Process process) =>
        (await rig.Follower(process).FollowAsync(FeedLanes.Pulled, TimeSpan.Zero, TimeSpan.Zero, CancellationToken.None))!.Value.Count;
}

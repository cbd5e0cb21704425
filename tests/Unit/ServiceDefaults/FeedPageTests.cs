using Consistency.Feeds;
using Contracts.Feeds;
using ServiceDefaults.Feeds;
using Tests.Unit.Consistency;
using Tests.Unit.ServiceDefaults.Syncing;

namespace Tests.Unit.ServiceDefaults;

/// <summary>How long pages are, in bytes, and how long one waits for them.</summary>
public sealed class FeedPageTests : IAsyncDisposable
{
    private const int LargeBytes = 900_000;
    private readonly FollowingRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task a_page_of_large_records_is_cut_before_it_is_more_than_Dapr_carries_and_none_is_left_out()
    {
        string[] names = ["pulled-a", "pulled-b", "pulled-c", "pulled-d", "pulled-e"];
        await rig.RaiseAsync(names);
        var feed = Source(LargeBytes);
        var keys = new List<string>();
        var pages = 0;
        for (var (cursor, more) = (FeedCursor.Start, true); more; pages++)
        {
            var page = feed.Read(Query(cursor));
            keys.AddRange(page.Items.Select(i => i.Key));
            FeedCursor.TryParse(page.Cursor, out cursor).ShouldBeTrue();
            more = page.More;
        }

        keys.ShouldBe(names);
        pages.ShouldBe(3, "two of 0.9 MB each");
    }

    [Fact]
    public async Task a_record_that_is_larger_than_a_page_is_a_page_of_its_own()
    {
        await rig.RaiseAsync("pulled-a", "pulled-b");

        var page = Source(FeedLimits.PageBytesMax + 1).Read(Query(FeedCursor.Start));

        page.Items.Single().Key.ShouldBe("pulled-a");
        page.More.ShouldBeTrue();
    }

    [Fact]
    public async Task who_waits_is_answered_in_time_although_the_clock_is_set_back()
    {
        var clock = new SettableClock();
        var waiting = Source(1, clock).ReadAsync(Query(FeedCursor.Start) with { Wait = TimeSpan.FromMilliseconds(300) }, CancellationToken.None);
        clock.Offset = -TimeSpan.FromHours(1);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Items.ShouldBeEmpty();
    }

    private static FeedQuery Query(FeedCursor after) => new(after, Lane.Pulled, FeedLimits.PageMax, TimeSpan.Zero, TimeSpan.Zero);

    // Tallies that are told with so much text.
    private FeedSource<TallyDb> Source(int bytes, TimeProvider? time = null) => new(
        rig.Owner.Database,
        rig.Owner.Feed,
        rig.Owner.Writes.Changes,
        new FeedBuilder<TallyDb>().Offer("tally", (db, _) => db.Fed, t => new { t.Name, Text = new string('x', bytes) }),
        time ?? rig.Fixture.Time);

    private sealed class SettableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}

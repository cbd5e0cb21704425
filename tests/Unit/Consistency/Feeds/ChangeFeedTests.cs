using Consistency.Feeds;

namespace Tests.Unit.Consistency.Feeds;

/// <summary>The owner's side of the feed: order, completeness, lanes, and what becomes of cursors when a database is put back.</summary>
public sealed class ChangeFeedTests : IAsyncDisposable
{
    private const int All = 10_000;
    private readonly KernelFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task a_record_stands_at_the_place_of_its_last_change_and_only_there()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a", "b", "a", "c", "b");

        Keys(owner.Feed.Read(FeedCursor.Start, lane: null, All)).ShouldBe(["a", "c", "b"]);
    }

    [Fact]
    public async Task what_is_taken_back_is_not_in_the_feed()
    {
        var owner = fixture.Start();
        await Should.ThrowAsync<InvalidOperationException>(() => owner.Writes.ExecuteAsync<bool>(work =>
        {
            FedTally.Raise(work, "a");
            work.RecordChange("part", "a", Lane.Pulled);
            throw new InvalidOperationException("no");
        }));

        owner.Feed.Read(FeedCursor.Start, lane: null, All).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_deleted_record_leaves_a_tombstone_until_it_is_there_again()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a");
        await owner.Writes.ExecuteAsync(work => work.Db.Fed.Remove(work.Db.Fed.Find("a")!));
        owner.Feed.Read(FeedCursor.Start, lane: null, All).Rows.Single().Deleted.ShouldBeTrue();

        await RaiseAsync(owner, "a");
        owner.Feed.Read(FeedCursor.Start, lane: null, All).Rows.Single().Deleted.ShouldBeFalse();
    }

    [Fact]
    public async Task lanes_are_read_apart_and_a_page_says_whether_there_is_more()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "pulled-1", "a", "pulled-2", "b", "pulled-3");

        var first = owner.Feed.Read(FeedCursor.Start, Lane.Pulled, countMax: 2);
        var second = owner.Feed.Read(first.Cursor, Lane.Pulled, countMax: 2);

        Keys(first).ShouldBe(["pulled-1", "pulled-2"]);
        first.More.ShouldBeTrue();
        Keys(second).ShouldBe(["pulled-3"]);
        second.More.ShouldBeFalse();
        Keys(owner.Feed.Read(FeedCursor.Start, Lane.Pushed, All)).ShouldBe(["a", "b"]);
        owner.Feed.CountBehind(first.Cursor, Lane.Pulled, All).ShouldBe(1);
    }

    [Fact]
    public async Task a_record_that_changed_a_moment_ago_is_not_quiet_and_moves_on_before_it_is()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a", "b");
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await RaiseAsync(owner, "a");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Keys(Quiet(owner, seconds: 4)).ShouldBe(["b"]);
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        Keys(Quiet(owner, seconds: 4)).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task what_was_written_before_the_clock_was_set_back_keeps_nothing_from_being_quiet()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a");
        var setBack = fixture.Time.GetUtcNow() - TimeSpan.FromHours(1);

        Keys(owner.Feed.Read(FeedCursor.Start, lane: null, All, setBack - TimeSpan.FromSeconds(4), setBack)).ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Lane.Pulled)]
    public void who_waits_in_vain_again_and_again_waits_for_the_same_commit(Lane? lane)
    {
        // Else what waits for the next commit piles up until there is one, which may be never.
        var signal = new CommitSignal();
        var first = signal.Next(lane);
        signal.Next(lane).ShouldBeSameAs(first);

        signal.Set(Lanes.Pulled);
        first.IsCompleted.ShouldBeTrue();
        signal.Next(lane).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task a_follower_misses_nothing_while_many_write()
    {
        var owner = fixture.Start();
        using var done = new CancellationTokenSource();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var follower = Task.Run(() =>
        {
            var cursor = FeedCursor.Start;
            var isLast = false;
            while (!isLast)
            {
                isLast = done.IsCancellationRequested;
                var page = owner.Feed.Read(cursor, lane: null, countMax: 7);
                page.Rows.Select(r => r.Sequence).ShouldBe(page.Rows.Select(r => r.Sequence).Order());
                seen.UnionWith(Keys(page));
                cursor = page.Cursor;
                isLast &= !page.More;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await RaiseAsync(owner, $"{writer}-{i}");
            }
        })));
        await done.CancelAsync();
        await follower;

        seen.Count.ShouldBe(200);
    }

    [Fact]
    public async Task a_restart_changes_nothing_for_a_cursor()
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a", "b");
        var cursor = owner.Feed.Read(FeedCursor.Start, lane: null, All).Cursor;
        await owner.Writes.DisposeAsync();

        owner = fixture.Start();
        await RaiseAsync(owner, "c");
        var page = owner.Feed.Read(cursor, lane: null, All);

        Keys(page).ShouldBe(["c"]);
        page.Rewound.ShouldBeFalse();
        page.Cursor.Generation.ShouldNotBe(cursor.Generation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_cursor_of_a_life_that_a_restored_backup_has_undone_starts_from_the_beginning(bool restartedBeforeRead)
    {
        var owner = fixture.Start();
        await RaiseAsync(owner, "a", "b");
        await fixture.CopyAsync(owner, "test.db", "backup.db");
        owner = fixture.Start();
        if (restartedBeforeRead)
        {
            await owner.Writes.DisposeAsync();
            owner = fixture.Start();
        }

        await RaiseAsync(owner, "a", "c", "d");
        var cursor = owner.Feed.Read(FeedCursor.Start, lane: null, All).Cursor;
        await owner.Writes.DisposeAsync();

        var restored = fixture.Start(file: "backup.db");
        await RaiseAsync(restored, "e", "f", "g", "h", "i");
        var page = restored.Feed.Read(cursor, lane: null, All);

        page.Rewound.ShouldBeTrue();
        Keys(page).ShouldBe(["a", "b", "e", "f", "g", "h", "i"]);
        restored.Feed.Read(page.Cursor, lane: null, All).Rewound.ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0197b7a0.12")]
    [InlineData("a.b.0")]
    public void a_cursor_survives_being_written_and_read(string text)
    {
        FeedCursor.TryParse(text, out var cursor).ShouldBeTrue();
        cursor.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("12")]
    [InlineData(".12")]
    [InlineData("a.")]
    [InlineData("a.-1")]
    [InlineData("a.1 ")]
    [InlineData("a.99999999999999999999")]
    public void what_is_no_cursor_is_told(string text) => FeedCursor.TryParse(text, out _).ShouldBeFalse();

    private static List<string> Keys(ChangeRows rows) => [.. rows.Rows.Select(r => r.Key)];

    private static async Task RaiseAsync(KernelFixture.Process process, params string[] names)
    {
        foreach (var name in names)
        {
            await process.Writes.ExecuteAsync(work => FedTally.Raise(work, name));
        }
    }

    private ChangeRows Quiet(KernelFixture.Process owner, int seconds) =>
        owner.Feed.Read(FeedCursor.Start, lane: null, All, fixture.Time.GetUtcNow() - TimeSpan.FromSeconds(seconds), fixture.Time.GetUtcNow());
}

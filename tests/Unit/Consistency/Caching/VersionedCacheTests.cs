using Consistency.Caching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Consistency.Caching;

public sealed record Thing(string Name);

public sealed class VersionedCacheTests
{
    private static readonly CacheSettings Settings = new();
    private static readonly EntrySeal Seal = new(new byte[EntrySeal.SecretBytesMin]);

    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly TestStore store = new();
    private readonly VersionedCache<Thing> cache;
    private int loads;

    public VersionedCacheTests() => cache = Create(Seal);

    [Fact]
    public async Task a_value_is_asked_once_and_answered_from_the_store_then()
    {
        (await GetAsync("apple", 1)).Outcome.ShouldBe(CacheOutcome.Miss);
        time.Advance(TimeSpan.FromSeconds(3));

        var hit = await GetAsync("apple", 2);

        hit.Outcome.ShouldBe(CacheOutcome.Hit);
        (hit.Value.Name, hit.Version, hit.Age).ShouldBe(("apple-1", 1, TimeSpan.FromSeconds(3)));
        loads.ShouldBe(1);
        cache.Figures.ShouldBe(
            new CacheFigures(Hits: 1, Misses: 1, Stale: 0, Rejected: 0, Collapsed: 0, Failed: 0, Skipped: 0, Stored: 1, Outrun: 0));
    }

    [Fact]
    public async Task an_entry_past_the_bound_is_not_answered_with_though_the_store_still_has_it()
    {
        await GetAsync("apple", 1);
        time.Advance(Settings.Staleness);

        (await GetAsync("apple", 2)).ShouldBe(new CacheAnswer<Thing>(
            new Thing("apple-2"), 2, time.GetUtcNow(), TimeSpan.Zero, CacheOutcome.Stale, Collapsed: false));
        (await GetAsync("apple", 3)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task the_age_counts_from_before_the_owner_was_asked()
    {
        await cache.GetAsync(
            "apple",
            _ =>
            {
                time.Advance(TimeSpan.FromSeconds(9));
                return Task.FromResult<Versioned<Thing>?>(new(new Thing("slow"), 1));
            },
            TimeSpan.MaxValue,
            CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(1));

        (await GetAsync("apple", 2)).Outcome.ShouldBe(CacheOutcome.Stale);
    }

    [Fact]
    public async Task a_reader_may_ask_for_younger_answers_or_for_none_from_the_cache()
    {
        await GetAsync("apple", 1);
        time.Advance(TimeSpan.FromSeconds(2));

        (await GetAsync("apple", 2, TimeSpan.FromSeconds(3))).Outcome.ShouldBe(CacheOutcome.Hit);
        (await GetAsync("apple", 3, TimeSpan.FromSeconds(2))).Version.ShouldBe(3);
        (await GetAsync("apple", 4, TimeSpan.Zero)).Outcome.ShouldBe(CacheOutcome.Bypass);
        (await GetAsync("apple", 5)).Version.ShouldBe(4);
    }

    [Fact]
    public async Task an_entry_from_the_future_is_not_answered_with()
    {
        var clock = new FakeTimeProvider(time.GetUtcNow().AddSeconds(2));
        await Create(Seal, clock).PutAsync("apple", new(new Thing("ahead"), 7), clock.GetUtcNow());

        (await GetAsync("apple", 1)).Version.ShouldBe(1);
        (await GetAsync("apple", 2)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task what_its_owner_does_not_have_is_null_and_not_kept()
    {
        (await cache.GetAsync("none", _ => Task.FromResult<Versioned<Thing>?>(null), TimeSpan.MaxValue, CancellationToken.None)).ShouldBeNull();

        store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_older_value_does_not_replace_a_newer_one_that_is_still_answered_with()
    {
        var before = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1));
        await cache.PutAsync("apple", new(new Thing("new"), 5), time.GetUtcNow());

        await cache.PutAsync("apple", new(new Thing("old"), 4), time.GetUtcNow());
        await cache.PutAsync("apple", new(new Thing("same"), 5), before);

        (await GetAsync("apple", 9)).Value.Name.ShouldBe("new");
        cache.Figures.Outrun.ShouldBe(2);
    }

    [Fact]
    public async Task an_owner_that_was_restored_from_a_backup_is_believed_once_the_newer_entrys_time_is_over()
    {
        await cache.PutAsync("apple", new(new Thing("lost"), 100), time.GetUtcNow());
        time.Advance(Settings.Staleness);

        (await GetAsync("apple", 7)).Version.ShouldBe(7);
        (await GetAsync("apple", 8)).Version.ShouldBe(7);
    }

    [Fact]
    public async Task of_racing_writers_the_newest_value_stays()
    {
        var gate = new TaskCompletionSource();
        store.Before = _ => gate.Task;
        var writes = Enumerable.Range(1, 3).Select(v => cache.PutAsync("apple", new(new Thing($"v{v}"), v), time.GetUtcNow())).ToList();
        gate.SetResult();
        await Task.WhenAll(writes);

        (await GetAsync("apple", 9)).Version.ShouldBe(3);
    }

    [Fact]
    public async Task readers_share_one_question()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        var reads = Enumerable.Range(0, 5).Select(_ => cache.GetAsync("apple", Load, TimeSpan.MaxValue, CancellationToken.None)).ToList();
        answer.SetResult(new(new Thing("one"), 1));

        (await Task.WhenAll(reads)).Count(a => a!.Collapsed).ShouldBe(4);
        loads.ShouldBe(1);

        Task<Versioned<Thing>?> Load(CancellationToken token)
        {
            loads++;
            return answer.Task;
        }
    }

    [Fact]
    public async Task a_shared_answer_that_is_too_old_by_then_is_asked_for_again()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        var first = cache.GetAsync("apple", _ => answer.Task, TimeSpan.MaxValue, CancellationToken.None);
        time.Advance(Settings.Staleness);
        var second = GetAsync("apple", 2);
        answer.SetResult(new(new Thing("old"), 1));

        (await first)!.Version.ShouldBe(1);
        (await second).ShouldSatisfyAllConditions(a => a.Version.ShouldBe(2), a => a.Collapsed.ShouldBeFalse());
    }

    [Fact]
    public async Task a_reader_that_gives_up_takes_no_answer_from_the_others()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        using var giveUp = new CancellationTokenSource();
        var leader = cache.GetAsync("apple", _ => answer.Task, TimeSpan.MaxValue, giveUp.Token);
        var other = GetAsync("apple", 2);

        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => leader);
        answer.SetResult(new(new Thing("one"), 1));

        (await other).Version.ShouldBe(1);
    }

    [Fact]
    public async Task an_owners_failure_reaches_all_who_asked_and_is_not_kept()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        var reads = Enumerable.Range(0, 2).Select(_ => cache.GetAsync("apple", _ => answer.Task, TimeSpan.MaxValue, CancellationToken.None)).ToList();
        answer.SetException(new InvalidOperationException("away"));

        foreach (var read in reads)
        {
            (await Should.ThrowAsync<InvalidOperationException>(() => read)).Message.ShouldBe("away");
        }

        (await GetAsync("apple", 1)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task a_read_after_a_drop_does_not_share_a_question_that_was_asked_before()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        var before = cache.GetAsync("apple", _ => answer.Task, TimeSpan.MaxValue, CancellationToken.None);
        await cache.DropAsync("apple");
        var after = GetAsync("apple", 2);
        answer.SetResult(new(new Thing("old"), 1));

        (await before)!.Version.ShouldBe(1);
        (await after).ShouldSatisfyAllConditions(a => a.Version.ShouldBe(2), a => a.Collapsed.ShouldBeFalse());
        (await GetAsync("apple", 3)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task an_answer_that_was_asked_for_before_a_drop_is_not_kept()
    {
        var answer = new TaskCompletionSource<Versioned<Thing>?>();
        var before = cache.GetAsync("apple", _ => answer.Task, TimeSpan.MaxValue, CancellationToken.None);
        await cache.DropAsync("apple");
        answer.SetResult(new(new Thing("old"), 1));

        (await before)!.Version.ShouldBe(1);
        store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_value_that_is_dropped_while_it_is_written_does_not_stay()
    {
        var written = new TaskCompletionSource();
        store.Before = _ => store.Calls == 2 ? written.Task : Task.CompletedTask;
        var put = cache.PutAsync("apple", new(new Thing("old"), 1), time.GetUtcNow());
        await cache.DropAsync("apple");
        written.SetResult();
        await put;

        store.Entries.ShouldBeEmpty();
        cache.Figures.Stored.ShouldBe(1);
    }

    [Fact]
    public async Task a_dead_store_makes_reads_no_more_than_slower_and_is_left_alone_for_a_while()
    {
        store.Before = _ => throw new IOException("gone");
        for (var i = 1; i <= 10; i++)
        {
            (await GetAsync("apple", i)).Version.ShouldBe(i);
        }

        store.Calls.ShouldBe(Settings.FailuresMax);
        cache.Figures.Skipped.ShouldBeGreaterThan(0);

        time.Advance(Settings.Pause);
        await GetAsync("apple", 11);
        store.Calls.ShouldBe(Settings.FailuresMax + 1);

        store.Before = static _ => Task.CompletedTask;
        time.Advance(Settings.Pause);
        await GetAsync("apple", 12);
        (await GetAsync("apple", 13)).ShouldSatisfyAllConditions(a => a.Version.ShouldBe(12), a => a.Outcome.ShouldBe(CacheOutcome.Hit));
    }

    [Fact]
    public async Task a_store_that_hangs_is_given_up_after_the_limit_even_if_it_does_not_heed_it()
    {
        store.Before = _ => new TaskCompletionSource().Task;
        var read = GetAsync("apple", 1);

        time.Advance(Settings.StoreLimit - TimeSpan.FromMilliseconds(1));
        read.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));

        (await read).Version.ShouldBe(1);
        cache.Figures.Failed.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an entry")]
    [InlineData("1.1.1.AAAA.AAAA")]
    [InlineData("1.x.1.AAAA.AAAA")]
    [InlineData("1.1.99999999999999999999.AAAA.AAAA")]
    [InlineData("1.1.1.!!!!.AAAA")]
    [InlineData("2.1.1.AAAA.AAAA")]
    [InlineData("1.1.1.AAAA.AAAA.AAAA")]
    public async Task what_is_no_entry_is_a_miss_and_replaced(string text)
    {
        store.Entries["thing/apple"] = new StoredText(text, "e");

        (await GetAsync("apple", 1)).Outcome.ShouldBe(CacheOutcome.Miss);

        (await GetAsync("apple", 2)).Version.ShouldBe(1);
        cache.Figures.Rejected.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, "9")]
    [InlineData(2, "1")]
    [InlineData(3, "eyJuYW1lIjoiZXZpbCJ9")]
    public async Task an_altered_entry_is_a_miss(int part, string value)
    {
        await GetAsync("apple", 1);
        var parts = store.Entries["thing/apple"].Text.Split('.');
        parts[part] = value;
        store.Entries["thing/apple"] = new StoredText(string.Join('.', parts), "e");

        (await GetAsync("apple", 2)).Version.ShouldBe(2);

        cache.Figures.Rejected.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task an_entry_of_another_key_or_another_secret_is_a_miss()
    {
        await GetAsync("apple", 1);
        store.Entries["thing/pear"] = store.Entries["thing/apple"];
        (await GetAsync("pear", 2)).Value.Name.ShouldBe("pear-2");

        var other = Create(new EntrySeal([.. Enumerable.Repeat((byte)1, EntrySeal.SecretBytesMin)]));
        (await other.GetAsync("apple", Loader("apple", 3), TimeSpan.MaxValue, CancellationToken.None))!.Version.ShouldBe(3);
        other.Figures.Rejected.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task what_is_too_large_is_passed_through()
    {
        var large = new string('x', 70_000);
        var answer = await cache.GetAsync(
            "big", _ => Task.FromResult<Versioned<Thing>?>(new(new Thing(large), 1)), TimeSpan.MaxValue, CancellationToken.None);

        answer!.Value.Name.ShouldBe(large);
        store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void a_short_secret_is_refused() => Should.Throw<ArgumentException>(() => new EntrySeal(new byte[31]));

    private VersionedCache<Thing> Create(EntrySeal seal, TimeProvider? clock = null) =>
        new("thing", new GuardedStore(store, Settings, clock ?? time, NullLogger<GuardedStore>.Instance), seal);

    private async Task<CacheAnswer<Thing>> GetAsync(string id, long version, TimeSpan? maxAge = null) =>
        (await cache.GetAsync(id, Loader(id, version), maxAge ?? TimeSpan.MaxValue, CancellationToken.None))!;

    private VersionedCache<Thing>.Loader Loader(string id, long version) => _ =>
    {
        loads++;
        return Task.FromResult<Versioned<Thing>?>(new(new Thing($"{id}-{version}"), version));
    };
}

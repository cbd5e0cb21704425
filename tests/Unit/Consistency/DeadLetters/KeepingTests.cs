using Consistency.DeadLetters;
using Consistency.Retention;
using Contracts.DeadLetters;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Consistency.DeadLetters;

public sealed class KeepingTests : IAsyncDisposable
{
    private readonly LetterRig rig = new();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task a_letter_carries_what_was_seen_of_it_before_it_was_given_up()
    {
        var start = rig.Kernel.Time.GetUtcNow();
        await FailAsync("m1", "first");
        rig.Kernel.Time.Advance(TimeSpan.FromSeconds(1));
        await FailAsync("m1", "second");
        rig.Kernel.Time.Advance(TimeSpan.FromSeconds(1));

        await rig.KeepAsync(LetterRig.Letter("m1", "order-1", version: 3, traceparent: "00-1-2-01"));

        rig.Find(1).ShouldBe(new DeadLetterEntry(
            1, "m1", "me", "orders", "tally.raised.v1", "order-1", 3, DeadLetterStatuses.Dead, "second", Attempts: 2, Replays: 0,
            start, start.AddSeconds(1), start.AddSeconds(2), "00-1-2-01", null, null, null));
        rig.Now.Process.Database.FindDeadLetter(1)!.Envelope.GetProperty("id").GetString().ShouldBe("m1");
    }

    [Fact]
    public async Task of_a_letter_that_never_reached_the_service_the_reason_says_so()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));

        rig.Find(1).Reason.ShouldBe("unknown: never reached this service");
        (rig.Find(1).Attempts, rig.Find(1).FirstFailedAt).ShouldBe((0, null));
    }

    [Fact]
    public async Task a_letter_is_kept_once_and_a_handled_message_never()
    {
        await rig.Now.ExecuteAsync(work => work.Inbox.TryMark(LetterRig.Consumer, "m2", work.Now));
        await rig.KeepAsync(LetterRig.Letter("m1"), LetterRig.Letter("m1"), LetterRig.Letter("m2"));

        rig.Statuses().ShouldBe("m1:dead");
    }

    [Fact]
    public async Task a_kept_message_that_fails_once_more_counts_the_attempt_and_tells_the_newest_reason()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));

        await FailAsync("m1", "not now");
        await rig.Now.ExecuteAsync(work => DeadLetterStore.KeepFailed(work, LetterRig.Consumer, LetterRig.Letter("m1"), "never"));

        (rig.Find(1).Attempts, rig.Find(1).Reason).ShouldBe((2, "never"));
        rig.List().Items.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("m0", "a", 1, "orders", false)]
    [InlineData("m3", "a", 2, "orders", true)]
    [InlineData("m3", "a", 3, "orders", true)]
    [InlineData("m1", "a", 2, "orders", false)]
    [InlineData("m3", "b", 3, "orders", false)]
    [InlineData("m3", "a", 3, "inventory", false)]
    public async Task later_messages_of_an_aggregate_wait_for_its_dead_one_and_no_others(
        string id, string subject, long version, string topic, bool isHeld)
    {
        await rig.KeepAsync(LetterRig.Letter("m1", "a", version: 2));

        (await rig.Now.ExecuteAsync(work => DeadLetterStore.IsHeld(work, topic, subject, version, id))).ShouldBe(isHeld);
    }

    [Fact]
    public async Task nothing_waits_for_what_names_no_aggregate_or_is_of_a_foreign_type()
    {
        await rig.KeepAsync(LetterRig.Letter("m1", subject: ""), LetterRig.Letter("m2", "a", isOurs: false));

        (await rig.Now.ExecuteAsync(work => DeadLetterStore.IsInLine(work, "orders", ""))).ShouldBeFalse();
        (await rig.Now.ExecuteAsync(work => DeadLetterStore.IsInLine(work, "orders", "a"))).ShouldBeFalse();
    }

    [Fact]
    public async Task what_a_later_delivery_could_handle_is_no_longer_dead()
    {
        await rig.KeepAsync(LetterRig.Letter("m1"));

        await rig.Now.ExecuteAsync(work =>
        {
            DeadLetterStore.HandledByDelivery(work, "m1");
            return 0;
        });

        (rig.Find(1).Status, rig.Find(1).EndedBy).ShouldBe((DeadLetterStatuses.Replayed, "a later delivery"));
        rig.Now.Process.Database.DeadLetterCount().ShouldBe(0);
    }

    [Fact]
    public void a_reason_is_one_bounded_line_that_names_the_cause_and_shows_no_stack()
    {
        var cause = new InvalidOperationException("line\none" + new string('x', 1000));

        var reason = FailureReason.Of(new AggregateException("something failed", cause));

        reason.ShouldStartWith("InvalidOperationException: line onexxx");
        reason.Length.ShouldBe(DeadLetterLimits.ReasonCharsMax);
        FailureReason.Of(new InvalidOperationException(new string('x', DeadLetterLimits.ReasonCharsMax - 28) + "\ud83d\ude00")).ShouldEndWith("x");
        FailureReason.Of(new PoisonException("no id")).ShouldBe("no id");
    }

    [Fact]
    public async Task letters_are_listed_by_what_is_asked_for_in_pages()
    {
        for (var i = 1; i <= 5; i++)
        {
            await FailAsync($"m{i}", i % 2 == 0 ? "database is 100% full" : "no such order");
            await rig.KeepAsync(LetterRig.Letter($"m{i}", $"order-{i}", topic: i == 5 ? "inventory" : "orders"));
            rig.Kernel.Time.Advance(TimeSpan.FromSeconds(10));
        }

        await rig.DiscardAsync(1);

        Ids(new DeadLetterFilter(Topic: "orders")).ShouldBe("1 2 3 4");
        Ids(new DeadLetterFilter(Subject: "order-3")).ShouldBe("3");
        Ids(new DeadLetterFilter(Type: "tally.raised.v1", Reason: "100% full")).ShouldBe("2 4");
        Ids(new DeadLetterFilter(OlderThanSeconds: 40)).ShouldBe("1 2");
        Ids(new DeadLetterFilter(), DeadLetterStatuses.Dead).ShouldBe("2 3 4 5");
        Ids(new DeadLetterFilter(), DeadLetterStatuses.Discarded).ShouldBe("1");
        var page = rig.List(size: 2);
        page.Next.ShouldBe("2");
        rig.List(after: 2, size: 3).ShouldSatisfyAllConditions(p => p.Items.Count.ShouldBe(3), p => p.Next.ShouldBeNull());
    }

    [Fact]
    public async Task history_is_trimmed_and_what_waits_for_somebody_never_is()
    {
        await rig.KeepAsync(LetterRig.Letter("m1", "a"), LetterRig.Letter("m2", "b"));
        await rig.ParkAsync(LetterRig.Letter("m3", "b", version: 2));
        await FailAsync("m4", "once");
        await rig.DiscardAsync(1);
        rig.Kernel.Time.Advance(DeadLetterLimits.EndedRetention + TimeSpan.FromSeconds(1));

        await new Trimmer<TallyDb>(rig.Now.Process.Writes, rig.Kernel.Time, NullLogger<Trimmer<TallyDb>>.Instance).TrimAsync(CancellationToken.None);

        rig.Statuses().ShouldBe("m2:dead m3:parked");
        await rig.KeepAsync(LetterRig.Letter("m4", "c"));
        rig.List().Items[^1].Attempts.ShouldBe(0, "the failure was forgotten");
    }

    private string Ids(DeadLetterFilter filter, string? status = null) => string.Join(' ', rig.List(status, filter).Items.Select(l => l.Id));

    private Task FailAsync(string messageId, string reason) => rig.Now.ExecuteAsync(work =>
    {
        DeadLetterStore.Failed(work, messageId, reason);
        return 0;
    });
}

using System.Text.Json;
using Consistency;
using Consistency.DeadLetters;
using Consistency.Identity;
using Consistency.Inbox;
using Consistency.Storage;
using Consistency.Telemetry;
using Consistency.Versions;
using Contracts.DeadLetters;
using Dapr.AspNetCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using Tests.Unit.Consistency;
using Tests.Unit.Consistency.Telemetry;

namespace Tests.Unit.ServiceDefaults;

public sealed class EventDispatchTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task a_bulk_delivery_is_handled_entry_by_entry_and_answered_in_full()
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(process, Event("m1"), Event("m2"), Event("m3"));

        answers.ShouldBe(["SUCCESS", "SUCCESS", "SUCCESS"]);
        process.Count().ShouldBe(3);
    }

    [Fact]
    public async Task the_same_message_twice_in_one_delivery_takes_effect_once()
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(process, Event("m1"), Event("m1"));

        answers.ShouldBe(["SUCCESS", "SUCCESS"]);
        process.Count().ShouldBe(1);
        process.Database.DuplicatesSuppressed().ShouldBe(1);
    }

    [Fact]
    public async Task a_failing_entry_is_asked_for_again_and_the_others_take_effect()
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(process, Event("m1"), Event("m2", name: "fail"), Event("m3"));

        answers.ShouldBe(["SUCCESS", "RETRY", "SUCCESS"]);
        process.Count().ShouldBe(2);
        process.Count("fail").ShouldBe(0);
    }

    [Fact]
    public async Task what_comes_too_early_leaves_no_mark_and_takes_effect_when_it_comes_again()
    {
        var process = kernel.Start();

        (await DeliverAsync(process, Event("m1", name: "early"))).ShouldBe(["RETRY"]);
        await DeliverAsync(process, Event("m0"));
        (await DeliverAsync(process, Event("m1", name: "early"))).ShouldBe(["SUCCESS"]);

        process.Count("early").ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"type":"t","data":{"name":"a","count":1},"aggregateversion":1}""")]
    [InlineData("""{"id":"m","data":{"name":"a","count":1}}""")]
    [InlineData("""{"id":"m","data":{"name":"a","count":1},"aggregateversion":0}""")]
    [InlineData("""{"id":"m","data":{"count":1},"aggregateversion":1}""")]
    [InlineData("""{"id":"m","data":"text","aggregateversion":1}""")]
    [InlineData("""{"id":"m","aggregateversion":1}""")]
    [InlineData("""{"id":"m","data":{"name":"a","count":1},"aggregateversion":"\ud800"}""")]
    [InlineData("""{"id":"m\ud800","data":{"name":"a","count":1},"aggregateversion":1}""")]
    [InlineData("""{"id":"m","data":{"name":"\ud800","count":1},"aggregateversion":1}""")]
    [InlineData("42")]
    public async Task what_is_no_event_is_dropped_alone_and_kept_as_a_dead_letter_with_the_reason(string malformed)
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(process, Event("m1"), malformed);
        await DeliverAsync(process, malformed);

        answers.ShouldBe(["SUCCESS", "DROP"]);
        process.Count().ShouldBe(1);
        var letter = Letters(process).ShouldHaveSingleItem("a repetition, or the copy from the dead-letter topic, is the same letter");
        letter.Attempts.ShouldBe(2);
        letter.Reason.ShouldNotBeEmpty();
        letter.Reason.ShouldNotContain("unknown");
        process.Database.FindDeadLetter(letter.Id)!.Envelope.GetRawText().ShouldBe(malformed);
    }

    [Fact]
    public async Task what_the_handler_cannot_read_is_dropped_at_once_too()
    {
        var process = kernel.Start();

        (await DeliverAsync(process, Event("m1", name: "unreadable"))).ShouldBe(["DROP"]);

        Letters(process).Single().Reason.ShouldBe("JsonException: no such value");
        process.Count("unreadable").ShouldBe(0);
    }

    [Fact]
    public async Task failed_attempts_are_counted_for_the_day_on_which_the_message_is_given_up()
    {
        var process = kernel.Start();
        await DeliverAsync(process, Event("m1", name: "early"));
        await DeliverAsync(process, Event("m1", name: "early"), Event("m2", name: "fail"));

        await process.Writes.ExecuteAsync(work => DeadLetterStore.Keep(work, "me", Letter("m1")) && DeadLetterStore.Keep(work, "me", Letter("m2")));

        Letters(process).Select(l => (l.Attempts, l.Reason)).ShouldBe(
            [(2, "TooEarlyException: a is not there yet"), (1, "InvalidOperationException: failed at 1")]);
    }

    [Fact]
    public async Task behind_a_dead_letter_later_messages_of_the_aggregate_park_once_and_others_go_on()
    {
        var process = kernel.Start();
        await process.Writes.ExecuteAsync(work => DeadLetterStore.Keep(work, "me", Letter("m2", version: 2)));

        var answers = await DeliverAsync(
            process, Event("m1", version: 1), Event("m3", version: 3), Event("m3", version: 3), Event("m2b", version: 2), Event("x", name: "b", version: 9));

        answers.ShouldAllBe(a => a == "SUCCESS");
        Letters(process).Select(l => $"{l.MessageId}:{l.Status}").ShouldBe(["m2:dead", "m3:parked", "m2b:parked"]);
        (process.Count(), process.Count("b")).ShouldBe((1, 1));
        process.Database.DuplicatesSuppressed().ShouldBe(0);
    }

    [Fact]
    public async Task a_message_that_was_handled_before_its_aggregate_had_a_dead_one_is_a_duplicate_and_does_not_park()
    {
        var process = kernel.Start();
        await DeliverAsync(process, Event("m3", version: 3));
        await process.Writes.ExecuteAsync(work => DeadLetterStore.Keep(work, "me", Letter("m2", version: 2)));

        (await DeliverAsync(process, Event("m3", version: 3))).ShouldBe(["SUCCESS"]);

        process.Database.ParkedCount().ShouldBe(0);
        process.Database.DuplicatesSuppressed().ShouldBe(1);
    }

    [Fact]
    public async Task a_malformed_message_holds_those_behind_it_in_the_same_delivery()
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(
            process, """{"id":"m1","type":"tally.raised.v1","subject":"a","aggregateversion":1,"data":{}}""", Event("m2", version: 2));

        answers.ShouldBe(["DROP", "SUCCESS"]);
        Letters(process).Select(l => $"{l.MessageId}:{l.Status}").ShouldBe(["m1:dead", "m2:parked"]);
    }

    [Fact]
    public async Task a_dead_message_that_comes_once_more_and_can_be_handled_is_dead_no_longer_and_the_parked_get_their_turn()
    {
        var process = kernel.Start();
        await process.Writes.ExecuteAsync(work => DeadLetterStore.Keep(work, "me", Letter("m1")));
        await DeliverAsync(process, Event("m2", version: 2));

        (await DeliverAsync(process, Event("m1"))).ShouldBe(["SUCCESS"]);

        var releases = new ParkedReleases<TallyDb>(
            process.Database, process.Writes, (work, _, envelope) => Dispatch(process).Handle(work, JsonElement.Parse(envelope)), kernel.Time,
            NullLogger<ParkedReleases<TallyDb>>.Instance);
        (await releases.ReleaseAsync(CancellationToken.None)).ShouldBe(1);
        Letters(process).Select(l => $"{l.MessageId}:{l.Status}:{l.EndedBy}").ShouldBe(["m1:replayed:a later delivery", "m2:replayed:its turn"]);
        process.Count().ShouldBe(2);
    }

    [Fact]
    public async Task while_the_database_cannot_write_everything_is_asked_for_again_the_malformed_too()
    {
        var process = kernel.Start(CrashPoint.BeforeCommit);

        (await DeliverAsync(process, Event("m1"), "42")).ShouldAllBe(a => a == "RETRY");

        Letters(process).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_version_sent_as_text_is_understood()
    {
        var process = kernel.Start();

        (await DeliverAsync(process, """{"id":"m","data":{"name":"a","count":1},"aggregateversion":"7"}""")).ShouldBe(["SUCCESS"]);
    }

    [Theory]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    [InlineData(CrashPoint.BeforeAcknowledge)]
    public async Task a_delivery_interrupted_anywhere_and_made_again_takes_effect_exactly_once(CrashPoint point)
    {
        var dying = kernel.Start(point);
        try
        {
            (await DeliverAsync(dying, Event("m1"), Event("m2"))).ShouldAllBe(a => a == "RETRY");
        }
        catch (CrashException)
        {
            // Died before it could answer at all: the broker delivers again in either case.
        }

        var next = kernel.Start();
        var answers = await DeliverAsync(next, Event("m1"), Event("m2"));

        answers.ShouldBe(["SUCCESS", "SUCCESS"]);
        next.Count().ShouldBe(2);
    }

    [Fact]
    public async Task each_message_is_counted_by_what_has_become_of_it()
    {
        var process = kernel.Start();
        using var metered = new Metered();
        await using var writes = new WriteQueue<TallyDb>(process.Database, new UuidV7Source(kernel.Time), kernel.Time, crash: null, metered.Meter);
        var dispatch = Dispatch(process, writes);

        await DeliverAsync(dispatch, Event("m1"), Event("m1"), Event("m2", name: "fail"), Event("m3", name: "unreadable"), "42");
        await DeliverAsync(dispatch, Event("m1"), Event("m4", name: "unreadable", version: 2));

        Count("handled").ShouldBe(1);
        Count("duplicate").ShouldBe(2);
        Count("retry").ShouldBe(1);
        Count("dead").ShouldBe(2);
        Count("parked").ShouldBe(1, "behind the one that nobody can read");
        metered.Sum("consistency.inbox.duplicates{topic=orders}").ShouldBe(2);

        double Count(string outcome) => metered.Sum($"consistency.messages.processed{{topic=orders,outcome={outcome}}}");
    }

    [Fact]
    public async Task two_instances_that_get_the_same_message_count_one_effect()
    {
        var process = kernel.Start();
        using var metered = new Metered();
        await using var one = new WriteQueue<TallyDb>(process.Database, new UuidV7Source(kernel.Time), kernel.Time, crash: null, metered.Meter);
        await using var other = new WriteQueue<TallyDb>(process.Database, new UuidV7Source(kernel.Time), kernel.Time, crash: null, metered.Meter);

        await Task.WhenAll(DeliverAsync(Dispatch(process, one), Event("m1")), DeliverAsync(Dispatch(process, other), Event("m1")));

        metered.Sum("consistency.messages.processed{topic=orders,outcome=handled}").ShouldBe(1);
        metered.Sum("consistency.messages.processed{topic=orders,outcome=duplicate}").ShouldBe(1);
    }

    [Fact]
    public async Task while_the_database_cannot_write_every_message_counts_as_one_to_come_again()
    {
        using var metered = new Metered();
        var dispatch = Dispatch(kernel.Start(CrashPoint.BeforeCommit), meter: metered.Meter);

        (await DeliverAsync(dispatch, Event("m1"), Event("m2"))).ShouldBe(["RETRY", "RETRY"]);

        metered.Measured.ShouldBe(
            Enumerable.Repeat($"consistency.messages.processed{{topic=orders,outcome={MessageOutcomes.Retry}}} 1", 2));
    }

    private static DeadLetter Letter(string id, long version = 1) =>
        new(id, "orders", "tally.raised.v1", "a", version, Event(id, version: version), Traceparent: null, IsOurs: true);

    private static string Event(string id, string name = "a", long version = 1) =>
        $$$"""
        {"id":"{{{id}}}","type":"tally.raised.v1","subject":"{{{name}}}","aggregateversion":{{{version}}},"data":{"name":"{{{name}}}","count":1}}
        """;

    private IReadOnlyList<DeadLetterEntry> Letters(KernelFixture.Process process) =>
        process.Database.ListDeadLetters(status: null, new DeadLetterFilter(), kernel.Time.GetUtcNow(), after: 0, size: 100).Items;

    private static EventDispatch<TallyDb, TallyRaised> Dispatch(
        KernelFixture.Process process, WriteQueue<TallyDb>? writes = null, ConsistencyMeter? meter = null) => new(
        writes ?? process.Writes, new ServiceIdentity("me", "me-1"), (work, message) =>
        {
            var raised = KernelFixture.Process.Raise(work, message.Data.Name);
            switch (message.Data.Name)
            {
                case "fail":
                    throw new InvalidOperationException($"failed at {raised}");
                case "unreadable":
                    throw new JsonException("no such value");
                case "early" when work.Db.Tallies.Find("a") is null:
                    throw new TooEarlyException("a is not there yet");
            }
        },
        NullLogger.Instance,
        process.Hook,
        meter);

    private static Task<IReadOnlyList<string>> DeliverAsync(KernelFixture.Process process, params string[] events) =>
        DeliverAsync(Dispatch(process), events);

    private static async Task<IReadOnlyList<string>> DeliverAsync(EventDispatch<TallyDb, TallyRaised> dispatch, params string[] events)
    {
        var entries = events.Select((e, i) => new BulkSubscribeMessageEntry<JsonElement>(
            $"{i}", "application/cloudevents+json", [], JsonSerializer.Deserialize<JsonElement>(e))).ToList();
        var response = await dispatch.HandleAsync(new BulkSubscribeMessage<JsonElement>(entries, "orders", []), CancellationToken.None);
        return [.. response.Statuses.OrderBy(s => int.Parse(s.EntryId)).Select(s => s.Status)];
    }
}

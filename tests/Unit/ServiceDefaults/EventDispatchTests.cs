using System.Text.Json;
using Consistency;
using Consistency.Inbox;
using Consistency.Versions;
using Dapr.AspNetCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using Tests.Unit.Consistency;

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
    [InlineData("42")]
    public async Task what_is_no_event_is_dropped_alone(string malformed)
    {
        var process = kernel.Start();

        var answers = await DeliverAsync(process, Event("m1"), malformed);

        answers.ShouldBe(["SUCCESS", "DROP"]);
        process.Count().ShouldBe(1);
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

    private static string Event(string id, string name = "a") =>
        $$$"""{"id":"{{{id}}}","type":"tally.raised.v1","subject":"{{{name}}}","aggregateversion":1,"data":{"name":"{{{name}}}","count":1}}""";

    private static async Task<IReadOnlyList<string>> DeliverAsync(KernelFixture.Process process, params string[] events)
    {
        var dispatch = new EventDispatch<TallyDb, TallyRaised>(
            process.Writes, new ServiceIdentity("me", "me-1"), (work, message) =>
            {
                var raised = KernelFixture.Process.Raise(work, message.Data.Name);
                if (message.Data.Name == "fail")
                {
                    throw new InvalidOperationException($"failed at {raised}");
                }

                if (message.Data.Name == "early" && work.Db.Tallies.Find("a") is null)
                {
                    throw new TooEarlyException("a is not there yet");
                }
            },
            NullLogger.Instance,
            process.Hook);
        var entries = events.Select((e, i) => new BulkSubscribeMessageEntry<JsonElement>(
            $"{i}", "application/cloudevents+json", [], JsonSerializer.Deserialize<JsonElement>(e))).ToList();
        var response = await dispatch.HandleAsync(new BulkSubscribeMessage<JsonElement>(entries, "orders", []), CancellationToken.None);
        return [.. response.Statuses.OrderBy(s => int.Parse(s.EntryId)).Select(s => s.Status)];
    }
}

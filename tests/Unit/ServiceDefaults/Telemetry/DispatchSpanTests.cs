using System.Diagnostics;
using System.Text.Json;
using Consistency;
using Consistency.DeadLetters;
using Consistency.Telemetry;
using Consistency.Versions;
using Dapr.AspNetCore;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using Tests.Unit.Consistency;
using Tests.Unit.Consistency.Telemetry;

namespace Tests.Unit.ServiceDefaults.Telemetry;

/// <summary>Goal: each message of a delivery is handled in its own trace, and its span says what came of it.</summary>
public sealed class DispatchSpanTests : IAsyncDisposable
{
    private readonly SpanRecorder spans = new();
    private readonly KernelFixture kernel = new();

    public async ValueTask DisposeAsync()
    {
        await kernel.DisposeAsync();
        spans.Dispose();
    }

    [Fact]
    public async Task every_entry_of_a_delivery_is_handled_below_its_own_envelope_with_a_link_to_the_delivery()
    {
        var process = kernel.Start();
        var (one, other, unrecorded) = (SpanRecorder.NewTrace(), SpanRecorder.NewTrace(), SpanRecorder.NewTrace(isSampled: false));
        using var delivery = new CurrentRequest(one);

        await DeliverAsync(process, Event("m1", one), Event("m2", other), Event("m3", unrecorded), Event("m4", traceparent: null));

        var (first, second) = (spans.Of(one).ShouldHaveSingleItem(), spans.Of(other).ShouldHaveSingleItem());
        (first.DisplayName, first.Kind, first.ParentSpanId.ToHexString()).ShouldBe(("process orders", ActivityKind.Consumer, SpanRecorder.IdIn(one)));
        second.ParentSpanId.ToHexString().ShouldBe(SpanRecorder.IdIn(other));
        spans.LinkedTo(delivery.Context).ShouldBe([first, second]);
        process.Outbox.Unsent(10).Select(m => m.Traceparent).ShouldBe([first.Id, second.Id, unrecorded, null]);
        spans.Of(unrecorded).ShouldBeEmpty();
        Activity.Current!.Id.ShouldBe(delivery.Traceparent);
    }

    [Theory]
    [InlineData("m1", "a", MessageOutcomes.Handled, ActivityStatusCode.Unset)]
    [InlineData("known", "a", MessageOutcomes.Duplicate, ActivityStatusCode.Unset)]
    [InlineData("m1", "nothing", MessageOutcomes.Stale, ActivityStatusCode.Unset)]
    [InlineData("m1", "held", MessageOutcomes.Parked, ActivityStatusCode.Unset)]
    [InlineData("m1", "unreadable", MessageOutcomes.Dead, ActivityStatusCode.Error)]
    [InlineData("m1", "fail", MessageOutcomes.Retry, ActivityStatusCode.Error)]
    [InlineData("m1", "early", MessageOutcomes.Retry, ActivityStatusCode.Error)]
    public async Task a_span_says_what_came_of_the_message(string id, string name, string outcome, ActivityStatusCode status)
    {
        var process = kernel.Start();
        await DeliverAsync(process, Event("known", traceparent: null));
        await process.Writes.ExecuteAsync(work => DeadLetterStore.Keep(
            work, "me", new DeadLetter("m0", "orders", "tally.raised.v1", "held", 1, "{}", Traceparent: null, IsOurs: true)));
        var trace = SpanRecorder.NewTrace();

        await DeliverAsync(process, Event(id, trace, name));

        var span = spans.Of(trace).ShouldHaveSingleItem();
        (span.GetTagItem(SpanTags.Outcome), span.Status).ShouldBe((outcome, status));
    }

    [Fact]
    public async Task what_is_no_event_of_its_type_is_a_dead_letter_with_the_reason_in_its_trace()
    {
        var trace = SpanRecorder.NewTrace();

        await DeliverAsync(kernel.Start(), $$$"""{"id":"m1","traceparent":"{{{trace}}}","aggregateversion":0,"data":{}}""");

        var span = spans.Of(trace).ShouldHaveSingleItem();
        span.GetTagItem(SpanTags.Outcome).ShouldBe(MessageOutcomes.Dead);
        span.StatusDescription.ShouldBe("extension aggregateversion must be a whole number from 1");
    }

    [Fact]
    public async Task every_delivery_of_a_message_has_a_span_of_its_own()
    {
        var trace = SpanRecorder.NewTrace();
        var process = kernel.Start();

        await DeliverAsync(process, Event("m1", trace), Event("m1", trace));
        await DeliverAsync(process, Event("m1", trace));

        spans.Of(trace).Select(s => s.GetTagItem(SpanTags.Outcome)).ShouldBe([MessageOutcomes.Handled, MessageOutcomes.Duplicate, MessageOutcomes.Duplicate]);
    }

    [Fact]
    public async Task while_the_database_cannot_write_every_message_is_asked_for_again()
    {
        var trace = SpanRecorder.NewTrace();

        await DeliverAsync(kernel.Start(CrashPoint.BeforeCommit), Event("m1", trace));

        spans.Of(trace).ShouldHaveSingleItem().GetTagItem(SpanTags.Outcome).ShouldBe(MessageOutcomes.Retry);
    }

    private static string Event(string id, string? traceparent, string name = "a") =>
        $$$"""
        {"id":"{{{id}}}","type":"tally.raised.v1","subject":"{{{name}}}","aggregateversion":2,"data":{"name":"{{{name}}}","count":1},
        "traceparent":{{{(traceparent is null ? "null" : $"\"{traceparent}\"")}}}}
        """;

    private static async Task DeliverAsync(KernelFixture.Process process, params string[] events)
    {
        var dispatch = new EventDispatch<TallyDb, TallyRaised>(
            process.Writes,
            new ServiceIdentity("me", "me-1"),
            (work, message) =>
            {
                var raised = message.Data.Name == "nothing" ? 0 : KernelFixture.Process.Raise(work, message.Data.Name);
                _ = message.Data.Name switch
                {
                    "fail" => throw new InvalidOperationException($"failed at {raised}"),
                    "unreadable" => throw new JsonException("no such value"),
                    "early" => throw new TooEarlyException("not there yet"),
                    _ => raised,
                };
            },
            NullLogger.Instance);
        var entries = events.Select((e, i) => new BulkSubscribeMessageEntry<JsonElement>(
            $"{i}", "application/cloudevents+json", [], JsonSerializer.Deserialize<JsonElement>(e))).ToList();
        await dispatch.HandleAsync(new BulkSubscribeMessage<JsonElement>(entries, "orders", []), CancellationToken.None);
    }
}

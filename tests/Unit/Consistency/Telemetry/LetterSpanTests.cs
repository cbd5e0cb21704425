using System.Diagnostics;
using Consistency.Telemetry;
using Contracts.DeadLetters;
using Tests.Unit.Consistency.DeadLetters;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>Goal: what becomes of a kept message is in the trace in which it was sent, and leads to the request that decided it.</summary>
public sealed class LetterSpanTests : IAsyncDisposable
{
    private readonly SpanRecorder spans = new();
    private readonly LetterRig rig = new();

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        spans.Dispose();
    }

    [Fact]
    public async Task a_replay_goes_on_with_the_message_s_trace_and_so_does_what_was_parked_behind_it_with_its_own()
    {
        var (dead, parked) = (SpanRecorder.NewTrace(), SpanRecorder.NewTrace());
        await rig.KeepAsync(LetterRig.Letter("m1", traceparent: dead));
        await rig.ParkAsync(LetterRig.Letter("m2", version: 2, traceparent: parked));
        using var operators = new CurrentRequest();

        (await rig.ReplayAsync(1))!.Result.ShouldBe(LetterResults.Handled);

        var (replay, release) = (spans.Of(dead).ShouldHaveSingleItem(), spans.Of(parked).ShouldHaveSingleItem());
        (replay.DisplayName, release.DisplayName).ShouldBe(("replay orders", "release orders"));
        (replay.ParentSpanId.ToHexString(), release.ParentSpanId.ToHexString()).ShouldBe((SpanRecorder.IdIn(dead), SpanRecorder.IdIn(parked)));
        spans.LinkedTo(operators.Context).ShouldBe([replay, release]);
        replay.GetTagItem(SpanTags.Link).ShouldBe(operators.Traceparent);
        replay.GetTagItem(SpanTags.Outcome).ShouldBe(MessageOutcomes.Handled);
        rig.Now.Process.Outbox.Unsent(10).Select(m => m.Traceparent).ShouldBe([replay.Id, release.Id], "its effects belong to the original trace");
        Activity.Current!.Id.ShouldBe(operators.Traceparent);
    }

    [Fact]
    public async Task a_replay_that_fails_again_says_why_and_one_that_is_refused_says_nothing()
    {
        var trace = SpanRecorder.NewTrace();
        await rig.KeepAsync(LetterRig.Letter("m1", traceparent: trace), LetterRig.Letter("m2", version: 2, traceparent: trace));
        rig.Failing["m1"] = new InvalidOperationException("still broken");
        await rig.ReplayAsync(1);

        (await rig.ReplayAsync(2))!.Result.ShouldBe(LetterResults.Behind);

        var failed = spans.Of(trace).ShouldHaveSingleItem();
        (failed.Status, failed.StatusDescription).ShouldBe((ActivityStatusCode.Error, "InvalidOperationException: still broken"));
    }

    [Fact]
    public async Task a_discard_is_told_in_the_message_s_trace()
    {
        var trace = SpanRecorder.NewTrace();
        await rig.KeepAsync(LetterRig.Letter("m1", traceparent: trace));
        using var operators = new CurrentRequest();

        await rig.DiscardAsync(1);
        await rig.DiscardAsync(1);

        var discard = spans.Of(trace).ShouldHaveSingleItem();
        (discard.DisplayName, discard.GetTagItem(SpanTags.Outcome)).ShouldBe(("discard orders", MessageOutcomes.Discarded));
        spans.LinkedTo(operators.Context).ShouldBe([discard]);
    }

    [Fact]
    public async Task a_letter_of_a_trace_that_is_not_recorded_makes_no_span_and_keeps_its_context()
    {
        var trace = SpanRecorder.NewTrace(isSampled: false);
        await rig.KeepAsync(LetterRig.Letter("m1", traceparent: trace));

        await rig.ReplayAsync(1);

        spans.Of(trace).ShouldBeEmpty();
        rig.Now.Process.Outbox.Unsent(10).Single().Traceparent.ShouldBe(trace);
    }
}

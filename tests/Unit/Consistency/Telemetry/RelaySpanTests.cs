using System.Diagnostics;
using Consistency;
using Consistency.Telemetry;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>Goal: whatever context stands in an envelope is that of a span that is exported, below the write that caused the message.</summary>
public sealed class RelaySpanTests : IAsyncDisposable
{
    private readonly SpanRecorder spans = new();
    private readonly KernelFixture kernel = new();

    public async ValueTask DisposeAsync()
    {
        await kernel.DisposeAsync();
        spans.Dispose();
    }

    [Fact]
    public async Task each_message_is_sent_under_a_span_of_its_own_below_its_write()
    {
        var process = kernel.Start();
        var (one, other) = (SpanRecorder.NewTrace(), SpanRecorder.NewTrace());
        var writes = new[] { await RaiseAsync(process, one), await RaiseAsync(process, other) };

        await process.Relay.RelayAllAsync(CancellationToken.None);

        foreach (var (trace, write, message) in new[] { (one, writes[0], kernel.Broker.Published[0]), (other, writes[1], kernel.Broker.Published[1]) })
        {
            var span = spans.Of(trace).ShouldHaveSingleItem();
            (span.DisplayName, span.Kind).ShouldBe(("send orders", ActivityKind.Producer));
            span.ParentSpanId.ToHexString().ShouldBe(SpanRecorder.IdIn(write));
            message.Traceparent.ShouldBe(span.Id);
            span.GetTagItem(SpanTags.MessageId).ShouldBe(message.Id);
            span.GetTagItem(SpanTags.BatchSize).ShouldBe(2);
        }
    }

    [Fact]
    public async Task the_context_of_a_trace_that_is_not_recorded_goes_through_as_it_is_and_makes_no_span()
    {
        var process = kernel.Start();
        var write = await RaiseAsync(process, SpanRecorder.NewTrace(isSampled: false));

        await process.Relay.RelayAllAsync(CancellationToken.None);

        kernel.Broker.Published.Single().Traceparent.ShouldBe(write);
        spans.Of(write).ShouldBeEmpty();
    }

    [Fact]
    public async Task after_a_crash_between_publish_and_mark_both_envelopes_name_a_span_that_was_exported()
    {
        var trace = SpanRecorder.NewTrace();
        var dying = kernel.Start(CrashPoint.AfterPublish);
        await RaiseAsync(dying, trace);
        await Should.ThrowAsync<CrashException>(() => dying.Relay.RelayAllAsync(CancellationToken.None));
        kernel.Time.Advance(Limits.RelayLease * 2);

        await kernel.Start().Relay.RelayAllAsync(CancellationToken.None);

        var sent = spans.Of(trace).Select(s => s.Id).ToList();
        sent.Distinct().Count().ShouldBe(2);
        kernel.Broker.Published.Select(m => m.Traceparent).ShouldBe(sent);
        kernel.Broker.Published.Select(m => m.Id).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task while_the_broker_is_away_a_message_has_one_span_that_tells_of_its_attempts()
    {
        var trace = SpanRecorder.NewTrace();
        var process = kernel.Start();
        await RaiseAsync(process, trace);
        kernel.Broker.IsAway = true;
        for (var i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<IOException>(() => process.Relay.RelayAllAsync(CancellationToken.None));
        }

        spans.Of(trace).ShouldBeEmpty("it is still being sent");
        kernel.Broker.IsAway = false;
        await process.Relay.RelayAllAsync(CancellationToken.None);

        var span = spans.Of(trace).ShouldHaveSingleItem();
        kernel.Broker.Published.Single().Traceparent.ShouldBe(span.Id);
        span.GetTagItem(SpanTags.Attempts).ShouldBe(21);
        span.Events.Count().ShouldBe(8, "of further ones only the number is told");
        span.Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task what_another_instance_has_sent_meanwhile_is_not_kept_open()
    {
        var trace = SpanRecorder.NewTrace();
        var (one, two) = (kernel.Start(), kernel.Start());
        await RaiseAsync(one, trace);
        kernel.Broker.IsAway = true;
        await Should.ThrowAsync<IOException>(() => one.Relay.RelayAllAsync(CancellationToken.None));
        kernel.Broker.IsAway = false;
        kernel.Time.Advance(Limits.RelayLease * 2);
        await two.Relay.RelayAllAsync(CancellationToken.None);
        await two.Outbox.ReleaseAsync("nobody");

        kernel.Time.Advance(Limits.RelayLease * 2);
        await RaiseAsync(one, SpanRecorder.NewTrace());
        await one.Relay.RelayAllAsync(CancellationToken.None);

        spans.Of(trace).Select(s => s.Status).ShouldBe([ActivityStatusCode.Unset, ActivityStatusCode.Error]);
    }

    [Fact]
    public async Task a_relay_that_stops_ends_what_it_could_not_send()
    {
        var trace = SpanRecorder.NewTrace();
        var process = kernel.Start();
        await RaiseAsync(process, trace);
        kernel.Broker.IsAway = true;
        using var stop = new CancellationTokenSource();
        var running = process.Relay.RunAsync(stop.Token);
        await Eventually.HoldsAsync(() => kernel.Broker.Calls > 0);

        await stop.CancelAsync();
        await running;

        spans.Of(trace).ShouldHaveSingleItem().Status.ShouldBe(ActivityStatusCode.Error);
    }

    [Fact]
    public async Task a_publish_of_one_trace_runs_in_it_and_one_of_several_in_none()
    {
        var process = kernel.Start();
        var (one, other) = (SpanRecorder.NewTrace(), SpanRecorder.NewTrace());
        await RaiseAsync(process, one);
        await RaiseAsync(process, one);
        await process.Relay.RelayAllAsync(CancellationToken.None);
        await RaiseAsync(process, one);
        await RaiseAsync(process, other);

        await process.Relay.RelayAllAsync(CancellationToken.None);

        kernel.Broker.Traces.ShouldBe([spans.Of(one)[0].Id, null]);
    }

    [Fact]
    public async Task a_relay_does_not_run_under_the_request_that_happened_to_start_it()
    {
        var process = kernel.Start();
        using var stop = new CancellationTokenSource();
        Task running;
        using (new CurrentRequest())
        {
            running = process.Relay.RunAsync(stop.Token);
        }

        await RaiseAsync(process, traceparent: null);
        await Eventually.HoldsAsync(() => kernel.Broker.Published.Count == 1);
        await stop.CancelAsync();
        await running;

        kernel.Broker.Traces.ShouldBe([null]);
    }

    /// <summary>Returns the context of the write.</summary>
    private static async Task<string> RaiseAsync(KernelFixture.Process process, string? traceparent)
    {
        using var request = traceparent is null ? null : new CurrentRequest(traceparent);
        await process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work));
        return request?.Traceparent ?? "";
    }
}

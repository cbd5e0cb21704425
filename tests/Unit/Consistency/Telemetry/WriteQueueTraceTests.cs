using Consistency.Feeds;
using Consistency.Telemetry;

namespace Tests.Unit.Consistency.Telemetry;

/// <summary>Units of many requests share a transaction, never a trace.</summary>
public sealed class WriteQueueTraceTests : IAsyncDisposable
{
    private readonly KernelFixture kernel = new();

    public ValueTask DisposeAsync() => kernel.DisposeAsync();

    [Fact]
    public async Task every_unit_of_a_batch_writes_the_context_of_its_own_caller()
    {
        var process = kernel.Start();
        using var gate = new ManualResetEventSlim();
        var blocking = process.Writes.ExecuteAsync(_ =>
        {
            gate.Wait();
            return 0;
        });
        var sent = new List<string?>();
        var writing = new List<Task<long>>();
        for (var i = 0; i < 20; i++)
        {
            using var request = i % 4 == 3 ? null : new CurrentRequest();
            sent.Add(request?.Traceparent);
            writing.Add(process.Writes.ExecuteAsync(work => KernelFixture.Process.Raise(work)));
        }

        gate.Set();
        await Task.WhenAll([blocking.ContinueWith(_ => 0L, TaskScheduler.Default), .. writing]);

        process.Outbox.Unsent(100).Select(m => m.Traceparent).ShouldBe(sent);
    }

    [Fact]
    public async Task a_queue_that_a_request_happened_to_start_works_for_nobody_in_particular()
    {
        KernelFixture.Process process;
        using (new CurrentRequest())
        {
            process = kernel.Start();
        }

        string? seen = "never";
        await process.Writes.ExecuteAsync(work =>
        {
            seen = global::System.Diagnostics.Activity.Current?.Id;
            return KernelFixture.Process.Raise(work);
        });

        seen.ShouldBeNull();
        process.Outbox.Unsent(1).Single().Traceparent.ShouldBeNull();
    }

    [Fact]
    public async Task a_change_in_the_feed_carries_the_context_of_the_write_that_made_it_the_last()
    {
        var process = kernel.Start();
        using (new CurrentRequest())
        {
            await process.Writes.ExecuteAsync(work => FedTally.Raise(work, "a"));
        }

        using var last = new CurrentRequest();
        await process.Writes.ExecuteAsync(work => FedTally.Raise(work, "a"));

        process.Feed.Read(FeedCursor.Start, lane: null, 10).Rows.Single().Traceparent.ShouldBe(last.Traceparent);
        process.Feed.TraceparentOf("tally", "a").ShouldBe(last.Traceparent);
        process.Feed.TraceparentOf("tally", "b").ShouldBeNull();
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true)]
    [InlineData("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", false)]
    [InlineData("01", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void the_last_digit_of_the_flags_says_whether_a_trace_is_recorded(string? traceparent, bool isSampled) =>
        Traceparent.IsSampled(traceparent).ShouldBe(isSampled);
}

using System.Collections.Concurrent;
using System.Text.Json;
using Sidecar.Components;
using Sidecar.Components.Dispatch;

namespace Tests.Unit.Sidecar.Components;

public sealed class SubjectOrderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8)]
    [InlineData(7, 4)]
    public async Task messages_of_a_subject_stay_in_order_under_concurrency(int maxBatch, int concurrency)
    {
        await using var broker = await BrokerFile.CreateAsync();
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var underWay = new ConcurrentDictionary<string, int>();
        var clashes = 0;
        await broker.SubscribeAsync("g", "t", async (batch, _) =>
        {
            var subjects = batch.Messages.Select(Read).GroupBy(e => e.Subject).ToList();
            foreach (var subject in subjects)
            {
                if (underWay.AddOrUpdate(subject.Key, 1, (_, n) => n + 1) > 1)
                {
                    Interlocked.Increment(ref clashes);
                }
            }
            await Task.Yield();
            foreach (var (subject, number) in batch.Messages.Select(Read))
            {
                seen.GetOrAdd(subject, _ => new()).Enqueue(number);
            }
            foreach (var subject in subjects)
            {
                underWay.AddOrUpdate(subject.Key, 0, (_, n) => n - 1);
            }
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                batch.Settle(i, done: true);
            }
        }, maxBatch, concurrency);
        var random = new Random(7);
        var counts = new int[20];

        for (var i = 0; i < 100; i++)
        {
            await broker.PublishEventsAsync("t", [.. Enumerable.Range(0, 20).Select(_ =>
            {
                var subject = random.Next(counts.Length);
                return ($"s{subject}", counts[subject]++);
            })]);
        }

        await Eventually.HoldsAsync(() => seen.Values.Sum(q => q.Count) == 2_000);
        clashes.ShouldBe(0);
        for (var subject = 0; subject < counts.Length; subject++)
        {
            seen[$"s{subject}"].ShouldBe(Enumerable.Range(0, counts[subject]));
        }
    }

    [Fact]
    public async Task one_call_at_a_time_keeps_the_order_of_the_whole_topic()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var seen = new ConcurrentQueue<int>();
        await broker.SubscribeAsync("g", "t", message =>
        {
            seen.Enqueue(Read(message).Number);
            return Task.FromResult(true);
        });

        await broker.PublishEventsAsync("t", [.. Enumerable.Range(0, 500).Select(i => ($"s{i % 3}", i))]);

        await Eventually.HoldsAsync(() => seen.Count == 500);
        seen.ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task a_message_that_is_not_settled_holds_back_its_subject_and_no_other()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var seen = new ConcurrentQueue<(string, int)>();
        IMessageBatch? held = null;
        await broker.SubscribeAsync("g", "t", (batch, _) =>
        {
            var e = Read(batch.Messages[0]);
            seen.Enqueue(e);
            if (e == ("a", 0))
            {
                held = batch; // returns without settling, as a delivery does whose message waits for its next attempt
            }
            else
            {
                batch.Settle(0, done: true);
            }
            return Task.CompletedTask;
        });

        await broker.PublishEventsAsync("t", [("a", 0), ("a", 1), ("b", 0), ("b", 1)]);
        await Eventually.HoldsAsync(() => seen.Count == 3);
        seen.ShouldBe([("a", 0), ("b", 0), ("b", 1)]);

        held!.Settle(0, done: true);
        await Eventually.HoldsAsync(() => seen.Count == 4);
        seen.Last().ShouldBe(("a", 1));
    }

    [Fact]
    public async Task a_message_that_is_let_pass_is_overtaken_and_still_not_acknowledged()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var seen = new ConcurrentQueue<(string, int)>();
        IMessageBatch? held = null;
        await broker.SubscribeAsync("g", "t", (batch, _) =>
        {
            seen.Enqueue(Read(batch.Messages[0]));
            if (held is null)
            {
                held = batch;
                batch.LetPass(0);
            }
            else
            {
                batch.Settle(0, done: true);
            }
            return Task.CompletedTask;
        });

        await broker.PublishEventsAsync("t", [("a", 0), ("a", 1)]);
        await Eventually.HoldsAsync(() => seen.Count == 2);
        held!.Settle(0, done: false);

        await Eventually.HoldsAsync(() => seen.Count == 3);
        seen.ShouldBe([("a", 0), ("a", 1), ("a", 0)]);
    }

    [Fact]
    public async Task a_message_given_again_comes_before_later_ones_of_its_subject()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var seen = new ConcurrentQueue<(string, int)>();
        var attempts = 0;
        await broker.SubscribeAsync("g", "t", message =>
        {
            seen.Enqueue(Read(message));
            return Task.FromResult(Read(message) != ("a", 0) || Interlocked.Increment(ref attempts) == 3);
        }, concurrency: 4);

        await broker.PublishEventsAsync("t", [("a", 0), ("a", 1)]);

        await Eventually.HoldsAsync(() => seen.Count == 4);
        seen.ShouldBe([("a", 0), ("a", 0), ("a", 0), ("a", 1)]);
    }

    [Fact]
    public async Task a_handler_that_throws_gets_its_messages_again()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var calls = 0;
        await broker.SubscribeAsync("g", "t", message =>
            Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("a defect") : Task.FromResult(true));

        await broker.PublishAsync("t", "x");

        await Eventually.HoldsAsync(() => Volatile.Read(ref calls) == 2);
    }

    [Theory]
    [InlineData("""{"data":{"subject":"inner"},"subject":"outer"}""", "outer")]
    [InlineData("""{"data":{"subject":"inner"}}""", null)]
    [InlineData("""{"subject":7}""", null)]
    [InlineData("""["subject"]""", null)]
    [InlineData("\"subject\" is not JSON", null)]
    [InlineData("", null)]
    public void the_subject_is_that_of_the_event_itself(string data, string? expected) =>
        EventSubject.Read(System.Text.Encoding.UTF8.GetBytes(data)).ShouldBe(expected);

    private static (string Subject, int Number) Read(DeliveredMessage message)
    {
        using var document = JsonDocument.Parse(message.Data);
        return (document.RootElement.GetProperty("subject").GetString()!, document.RootElement.GetProperty("data").GetInt32());
    }
}

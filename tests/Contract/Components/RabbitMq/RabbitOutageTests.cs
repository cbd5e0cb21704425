using System.Collections.Concurrent;
using Sidecar.Components.PubSubRabbitMq;
using Tests.Servers;

namespace Tests.Contract.Components.RabbitMq;

/// <summary>
/// Goal: a broker that goes away and returns costs nothing that it confirmed, whether it ends in order or is killed.
/// Method: a real server, stopped and killed under a stream of publishes and deliveries.
/// </summary>
public sealed class RabbitOutageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task nothing_confirmed_is_lost_when_the_broker_restarts_and_delivery_resumes_by_itself(bool killed)
    {
        await using var server = await RabbitServer.StartAsync(Needs.Rabbit());
        var log = new KeptLog();
        await using var broker = await RabbitBroker.OpenAsync(server.ConnectionString, log);
        var (texts, subscription) = await broker.CollectAsync("g", "t", maxBatch: 20);
        await using var ending = subscription;
        using var enough = new CancellationTokenSource();
        var confirmed = new ConcurrentQueue<string>();
        var publishing = Task.WhenAll(Enumerable.Range(0, 4).Select(async publisher =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await broker.PublishSurelyAsync("t", $"{publisher}-{i}");
                confirmed.Enqueue($"{publisher}-{i}");
            }
        }));
        await Eventually.HoldsAsync(() => confirmed.Count > 200);

        await (killed ? server.KillAsync() : server.StopAsync());
        await server.StartAsync();

        var soFar = confirmed.Count;
        await Eventually.HoldsAsync(() => confirmed.Count > soFar + 200);
        await enough.CancelAsync();
        await publishing;
        await Eventually.HoldsAsync(() => confirmed.ToHashSet().IsSubsetOf(texts));
        log.Has("RabbitMQ at 127.0.0.1").ShouldBeTrue();
        log.Has("guest:guest").ShouldBeFalse();
    }

    [Fact]
    public async Task a_publish_fails_with_the_reason_while_the_broker_is_away()
    {
        await using var server = await RabbitServer.StartAsync(Needs.Rabbit());
        await using var broker = await RabbitBroker.OpenAsync(server.ConnectionString);
        await broker.PublishAsync("t", "before");
        await server.KillAsync();

        // The first may fail for the lost connection already; the next waits for it in vain.
        await Should.ThrowAsync<RabbitUnavailableException>(async () =>
        {
            await broker.PublishAsync("t", "x");
            await broker.PublishAsync("t", "y");
        });
        var error = await Should.ThrowAsync<RabbitUnavailableException>(() => broker.PublishAsync("t", "z"));

        error.Message.ShouldStartWith($"RabbitMQ at 127.0.0.1:{server.Port} is away");
        error.ToString().ShouldNotContain("guest:guest");
    }

    [Fact]
    public async Task publishes_that_wait_behind_each_other_when_the_broker_dies_fail_together_and_later_ones_succeed()
    {
        await using var server = await RabbitServer.StartAsync(Needs.Rabbit());
        await using var broker = await RabbitBroker.OpenAsync(server.ConnectionString);
        var (texts, subscription) = await broker.CollectAsync("g", "t");
        await using var ending = subscription;
        await broker.PublishAsync("t", "before");
        await Eventually.HoldsAsync(() => texts.Count == 1);
        // A broker that has stopped reading: what the sockets do not take any more waits for the writer.
        await server.SuspendAsync();
        var text = new string('x', 64 << 10);
        var publishes = Enumerable.Range(0, 500).Select(_ => broker.PublishAsync("t", text)).ToList();

        await server.KillAsync();

        var all = Task.WhenAll(publishes);
        await Should.ThrowAsync<RabbitUnavailableException>(() => all.WaitAsync(TimeSpan.FromMinutes(1))); // one by one: half an hour
        publishes.ShouldAllBe(p => p.IsFaulted);
        await server.StartAsync();
        await broker.PublishSurelyAsync("t", "after");
        await Eventually.HoldsAsync(() => texts.Contains("after"));
    }

    [Fact]
    public async Task messages_under_way_when_the_broker_dies_are_given_again_and_acknowledged_then()
    {
        await using var server = await RabbitServer.StartAsync(Needs.Rabbit());
        await using var broker = await RabbitBroker.OpenAsync(server.ConnectionString);
        var seen = new ConcurrentQueue<string>();
        var release = new TaskCompletionSource();
        await using (await broker.SubscribeAsync("g", "t", async (batch, _) =>
        {
            seen.Enqueue(RabbitBroker.Text(batch.Messages[0]));
            await release.Task;
            batch.Settle(0, done: true);
        }))
        {
            await broker.PublishAsync("t", "a", "b");
            await Eventually.HoldsAsync(() => seen.Count == 2);

            await server.KillAsync();
            await server.StartAsync();
            await Eventually.HoldsAsync(() => seen.Count == 4);
            release.SetResult();
            await broker.PublishSurelyAsync("t", "c");
            await Eventually.HoldsAsync(() => seen.Contains("c"));
        }

        seen.ShouldBe(["a", "b", "a", "b", "c"], ignoreOrder: true);
        var (texts, subscription) = await broker.CollectAsync("g", "t");
        await using var ending = subscription;
        await broker.PublishAsync("t", "last");
        await Eventually.HoldsAsync(() => texts.Contains("last"));
        texts.ShouldBe(["last"]);
    }
}

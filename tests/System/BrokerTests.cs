using Tests.Servers;

namespace Tests.System;

/// <summary>
/// Goal: with Redis and with RabbitMQ nothing that was acknowledged is lost and nothing is done twice, whatever becomes of the broker meanwhile.
/// Method: the folders of components/ on real servers, which end in the middle of a stream of orders, 5 % of messages delivered twice, and the audit
/// afterwards. What an outage of the broker leaves undone the repair may finish: it must not take longer than the outage and its two intervals.
/// </summary>
public sealed class BrokerTests
{
    private const int Orders = 60;
    private const int Shoppers = 6;

    public enum Ending
    {
        Restart,
        Kill,
    }

    [Theory]
    [InlineData(Ending.Restart)]
    [InlineData(Ending.Kill)]
    public async Task redis_that_ends_in_mid_run_and_comes_back_costs_nothing(Ending ending)
    {
        await using var redis = await RedisServer.StartAsync(Needs.Redis());
        using var folder = new BrokerFolder("redis", redis);
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.05, broker: folder);

        await RunAsync(system, async () =>
        {
            await (ending == Ending.Kill ? redis.KillAsync() : redis.StopAsync());
            await redis.StartAsync();
        });
    }

    [Theory]
    [InlineData(Ending.Restart)]
    [InlineData(Ending.Kill)]
    public async Task rabbitmq_that_ends_in_mid_run_and_comes_back_costs_nothing(Ending ending)
    {
        await using var redis = await RedisServer.StartAsync(Needs.Redis());
        await using var rabbit = await RabbitServer.StartAsync(Needs.Rabbit());
        using var folder = new BrokerFolder("rabbitmq", redis, ("RABBITMQ_CONNECTION_STRING", rabbit.ConnectionString));
        await using var system = await SystemUnderTest.StartAsync(duplicates: 0.05, broker: folder);

        await RunAsync(system, async () =>
        {
            await (ending == Ending.Kill ? rabbit.KillAsync() : rabbit.StopAsync());
            await rabbit.StartAsync();
        });
    }

    [Fact]
    public async Task what_a_killed_run_left_on_a_shared_broker_does_not_come_to_the_next()
    {
        await using var redis = await RedisServer.StartAsync(Needs.Redis());
        using var folder = new BrokerFolder("redis", redis);
        await using (var first = await SystemUnderTest.StartAsync(broker: folder))
        {
            var shopper = new Shopper(first.Gateway);
            await shopper.StockAsync();
            await Task.WhenAll(Enumerable.Range(0, 10).Select(shopper.ShopAsync));
            await first.KillSidecarAsync();
        }

        await using var second = await SystemUnderTest.StartAsync(broker: folder);

        await RunAsync(second, static () => Task.CompletedTask);
    }

    // Places orders all the while; after a third of them the broker ends.
    private static async Task RunAsync(SystemUnderTest system, Func<Task> endAndComeBack)
    {
        var shopper = new Shopper(system.Gateway);
        await shopper.StockAsync();
        var next = -1;
        var aThird = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shopping = Enumerable.Range(0, Shoppers).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < Orders; i = Interlocked.Increment(ref next))
            {
                await shopper.ShopAsync(i);
                if (shopper.Acknowledged.Count >= Orders / 3)
                {
                    aThird.TrySetResult();
                }
            }
        }).ToList();
        await aThird.Task;
        var ending = endAndComeBack();
        await Task.WhenAll(shopping);
        await ending;

        var report = await shopper.AuditAsync();
        report.Violations.ShouldBeEmpty(system.Output);
        report.Checked.ShouldBeGreaterThan(shopper.Acknowledged.Count);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Sidecar.Components;
using Sidecar.Components.Redis;
using Tests.Servers;

namespace Tests.Contract.Components.Redis;

/// <summary>
/// Goal: a server that goes away and returns costs nothing that it acknowledged, whether it ends in order or is killed.
/// Method: a real server whose file is complete at every answer, stopped and killed under a stream of publishes and deliveries.
/// </summary>
public sealed class RedisOutageTests
{
    private const string Topic = "t";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task nothing_acknowledged_is_lost_when_the_server_restarts_and_delivery_resumes_by_itself(bool killed)
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        var log = new KeptLog();
        await using var broker = await OpenAsync(server, log);
        var (texts, subscription) = await broker.CollectAsync("g", Topic, maxBatch: 20);
        await using var ending = subscription;
        using var enough = new CancellationTokenSource();
        var acknowledged = new ConcurrentQueue<string>();
        var publishing = Task.WhenAll(Enumerable.Range(0, 4).Select(async publisher =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                await broker.PublishSurelyAsync(Topic, $"{publisher}-{i}");
                acknowledged.Enqueue($"{publisher}-{i}");
            }
        }));

        for (var outage = 0; outage < 3; outage++)
        {
            var soFar = acknowledged.Count;
            await Eventually.HoldsAsync(() => acknowledged.Count > soFar + 200);
            await (killed ? server.KillAsync() : server.StopAsync());
            await server.StartAsync();
        }

        var before = acknowledged.Count;
        await Eventually.HoldsAsync(() => acknowledged.Count > before + 200);
        await enough.CancelAsync();
        await publishing;
        await Eventually.HoldsAsync(() => acknowledged.ToHashSet().IsSubsetOf(texts));
        await Eventually.HoldsAsync(async () => (await server.CommandAsync("XPENDING", Topic, "g"))[0] == "0", () => "some are pending");
        log.Has("is lost").ShouldBeTrue();
        log.Has("stands again").ShouldBeTrue();
    }

    [Fact]
    public async Task a_publish_fails_with_the_reason_while_the_server_is_away()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        await broker.PublishAsync(Topic, "before");
        await server.KillAsync();

        // The first may fail for the lost connection already; the next waits for it in vain.
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<RedisUnavailableException>(async () =>
        {
            await broker.PublishAsync(Topic, "x");
            await broker.PublishAsync(Topic, "y");
        });
        var refused = await Should.ThrowAsync<RedisUnavailableException>(() => broker.PublishAsync(Topic, "z"));

        refused.Message.ShouldContain(server.Host);
        refused.Message.ShouldContain("nothing was sent");
        watch.Elapsed.ShouldBeLessThan(3 * (RedisLimits.ConnectWait + RedisLimits.ReadTimeout)); // the named limits, not a figure
    }

    [Fact]
    public async Task a_publish_waits_for_a_server_that_is_back_soon()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        await server.KillAsync();
        await Should.ThrowAsync<RedisUnavailableException>(async () =>
        {
            await broker.PublishAsync(Topic, "x");
            await broker.PublishAsync(Topic, "y");
        });
        await server.StartAsync();

        await broker.PublishSurelyAsync(Topic, "back");

        (await server.CommandAsync("XLEN", Topic)).ShouldBe(["1"]);
    }

    [Fact]
    public async Task a_server_that_comes_back_empty_gets_its_groups_again()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        var log = new KeptLog();
        await using var broker = await OpenAsync(server, log);
        var (texts, subscription) = await broker.CollectAsync("g", Topic);
        await using var ending = subscription;
        await broker.PublishAsync(Topic, "before");
        await Eventually.HoldsAsync(() => texts.Count == 1);

        await server.KillAsync();
        server.Forget();
        await server.StartAsync();
        await broker.PublishSurelyAsync(Topic, "after");

        await Eventually.HoldsAsync(() => texts.Contains("after"));
    }

    [Fact]
    public async Task a_server_that_forbids_scripts_is_read_all_the_same()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await server.CommandAsync("ACL", "SETUSER", "default", "-eval");
        await using var broker = await OpenAsync(server);
        var (texts, subscription) = await broker.CollectAsync("g", Topic);
        await using var ending = subscription;

        await broker.PublishAsync(Topic, "a");

        await Eventually.HoldsAsync(() => texts.Count == 1);
    }

    [Fact]
    public async Task what_waits_behind_the_messages_of_a_consumer_that_left_busy_is_given_back_too()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        using var release = new SemaphoreSlim(0);
        var begun = 0;
        var busy = await broker.Broker.SubscribeAsync(new ConsumerOptions("g", Topic, 1, 1), async (batch, _) =>
        {
            Interlocked.Increment(ref begun);
            await release.WaitAsync(CancellationToken.None);
            batch.Settle(0, done: true);
        }, default);
        await broker.PublishAsync(Topic, """{"subject":"s","n":1}""", """{"subject":"s","n":2}""");
        await Eventually.HoldsAsync(() => Volatile.Read(ref begun) == 1);
        var (_, idle) = await broker.CollectAsync("g", Topic);

        var leaving = busy.DisposeAsync().AsTask();
        var last = idle.DisposeAsync().AsTask();
        await Eventually.StaysAsync(() => !leaving.IsCompleted, TimeSpan.FromSeconds(2)); // both have left by then, the first still busy
        release.Release();
        await leaving;
        await last;

        // Under the group's own name whoever comes next takes it at once.
        (await server.CommandAsync("XPENDING", Topic, "g"))[^2..].ShouldBe(["g", "1"]);
    }

    [Fact]
    public async Task a_stream_that_is_deleted_under_its_readers_is_read_again()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        var log = new KeptLog();
        await using var broker = await OpenAsync(server, log);
        var (texts, subscription) = await broker.CollectAsync("g", Topic);
        await using var ending = subscription;
        await broker.PublishAsync(Topic, "before");
        await Eventually.HoldsAsync(() => texts.Count == 1);

        await server.CommandAsync("FLUSHALL");
        await broker.PublishAsync(Topic, "after");

        await Eventually.HoldsAsync(() => texts.Contains("after"));
        log.Has("no group g any more").ShouldBeTrue();
    }

    [Fact]
    public async Task a_subscription_made_while_the_server_is_away_works_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        await server.KillAsync();

        var (texts, subscription) = await broker.CollectAsync("g", Topic);
        await using var ending = subscription;
        await server.StartAsync();
        await broker.PublishSurelyAsync(Topic, "after");

        await Eventually.HoldsAsync(() => texts.Contains("after"));
    }

    [Fact]
    public async Task acknowledgements_that_could_not_be_told_are_told_when_the_server_is_back()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        var held = new TaskCompletionSource<Sidecar.Components.IMessageBatch>();
        await using var subscription = await broker.SubscribeAsync("g", Topic, batch => held.TrySetResult(batch));
        await broker.PublishAsync(Topic, "x");
        var batch = await held.Task;
        await server.KillAsync();

        batch.Settle(0, done: true);
        await server.StartAsync();

        await Eventually.HoldsAsync(async () => (await server.CommandAsync("XPENDING", Topic, "g"))[0] == "0", () => "it is pending");
    }

    [Fact]
    public async Task a_connection_that_is_cut_is_made_again()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server);
        var (texts, subscription) = await broker.CollectAsync("g", Topic);
        await using var ending = subscription;

        await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        await broker.PublishSurelyAsync(Topic, "after");

        await Eventually.HoldsAsync(() => texts.Contains("after"));
    }

    [Fact]
    public async Task a_server_that_hangs_fails_what_waits_for_it()
    {
        await using var server = await RedisServer.StartAsync(Needs.Redis());
        await using var broker = await OpenAsync(server, null, ("readTimeout", "300ms"));

        var sleeping = server.CommandAsync("EVAL", "local t = redis.call('TIME')[1] repeat until redis.call('TIME')[1] - t > 2", "0");
        var failed = await Should.ThrowAsync<RedisUnavailableException>(async () =>
        {
            while (!sleeping.IsCompleted)
            {
                await broker.PublishAsync(Topic, "x");
            }
        });

        failed.Message.ShouldContain("did not answer in time");
        await sleeping;
        await broker.PublishSurelyAsync(Topic, "after");
    }

    private static Task<RedisBroker> OpenAsync(RedisServer server, KeptLog? log = null, params (string Name, string Value)[] metadata) =>
        RedisBroker.OpenAsync(new Dictionary<string, string> { ["redisHost"] = server.Host }, log, metadata);
}

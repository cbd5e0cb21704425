using System.Collections.Concurrent;
using Sidecar.Components;
using Tests.Contract.Hosting;

namespace Tests.Contract.Components.Redis;

public sealed class RedisPubSubTests(RedisFixture fixture)
{
    private readonly string _topic = DaprFixture.Key("t");

    [Fact]
    public async Task every_group_gets_every_message_in_order_alone_and_in_bulk()
    {
        await using var broker = await OpenAsync();
        var (orders, first) = await broker.CollectAsync("orders", _topic, maxBatch: 100);
        var (invoices, second) = await broker.CollectAsync("invoices", _topic, maxBatch: 100);
        await using var ending = first;
        await using var endingToo = second;
        var sent = Enumerable.Range(0, 1500).Select(i => $"{{\"subject\":\"s\",\"n\":{i}}}").ToArray();

        await broker.PublishAsync(_topic, sent[..1000]);
        foreach (var text in sent[1000..])
        {
            await broker.PublishAsync(_topic, text);
        }

        await Eventually.HoldsAsync(() => orders.Count == 1500 && invoices.Count == 1500);
        orders.ShouldBe(sent);
        invoices.ShouldBe(sent);
    }

    [Fact]
    public async Task streams_groups_and_fields_are_as_dapr_lays_them_out()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(new Dictionary<string, string> { ["redisHost"] = server.Host });
        await broker.Broker.PublishAsync([RedisBroker.Message(_topic, "plain")], default);
        await broker.Broker.PublishAsync([RedisBroker.Message(_topic, "more", ("k", "<v>"), ("b", "é"))], default);
        var (texts, subscription) = await broker.CollectAsync("app-c", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(() => texts.Count == 2);
        var entries = await server.CommandAsync("XRANGE", _topic, "-", "+");
        entries[1..3].ShouldBe(["data", "plain"]);
        entries[4..6].ShouldBe(["data", "more"]);
        entries[6].ShouldBe("metadata");
        System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(entries[7])
            .ShouldBe(new Dictionary<string, string> { ["b"] = "é", ["k"] = "<v>" });
        await Eventually.HoldsAsync(
            async () => (await server.CommandAsync("XINFO", "GROUPS", _topic))[..6] is ["name", "app-c", "consumers", "1", "pending", "0"],
            () => "the group is not as Dapr's");
        (await server.CommandAsync("XINFO", "CONSUMERS", _topic, "app-c"))[1].ShouldStartWith("app-c-");
    }

    [Fact]
    public async Task what_another_client_adds_is_delivered_with_its_metadata_whatever_the_order_of_the_fields()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(new Dictionary<string, string> { ["redisHost"] = server.Host });
        var got = new ConcurrentQueue<DeliveredMessage>();
        await using var subscription = await broker.SubscribeAsync("g", _topic, batch =>
        {
            got.Enqueue(batch.Messages[0]);
            batch.Settle(0, done: true);
        });

        await server.CommandAsync("XADD", _topic, "*", "metadata", """{"k":"v"}""", "data", "one");
        await server.CommandAsync("XADD", _topic, "*", "metadata", "no json", "data", "two", "other", "x");
        await server.CommandAsync("XADD", _topic, "*", "other", "x");

        await Eventually.HoldsAsync(() => got.Count == 3);
        var all = got.OrderBy(m => m.Id).ToArray();
        all.Select(RedisBroker.Text).ShouldBe(["one", "two", ""]);
        all[0].Metadata.ShouldBe(new Dictionary<string, string> { ["k"] = "v" });
        all[1].Metadata.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_group_that_comes_later_gets_what_was_published_before()
    {
        await using var broker = await OpenAsync();
        await broker.PublishAsync(_topic, "a", "b");

        var (texts, subscription) = await broker.CollectAsync("late", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(() => texts.Count == 2);
    }

    [Fact]
    public async Task two_processes_and_two_instances_in_one_share_the_work()
    {
        var database = await fixture.DatabaseAsync();
        await using var here = await RedisBroker.OpenAsync(database, null, ("queueDepth", "10"));
        await using var there = await RedisBroker.OpenAsync(database, null, ("queueDepth", "10"));
        var got = new ConcurrentQueue<(int Instance, string Text)>();
        var subscriptions = new List<IAsyncDisposable>();
        foreach (var (instance, broker) in new[] { (0, here), (1, here), (2, there) })
        {
            subscriptions.Add(await broker.Broker.SubscribeAsync(new ConsumerOptions("g", _topic, 1, 2), async (batch, stop) =>
            {
                await Task.Delay(1, stop);
                got.Enqueue((instance, RedisBroker.Text(batch.Messages[0])));
                batch.Settle(0, done: true);
            }, default));
        }

        var sent = Enumerable.Range(0, 600).Select(i => $"{i}").ToArray();
        await here.PublishAsync(_topic, sent);

        await Eventually.HoldsAsync(() => got.Count >= sent.Length);
        got.Select(g => g.Text).Order().ShouldBe(sent.Order());
        got.Select(g => g.Instance).Distinct().Order().ShouldBe([0, 1, 2]);
        await Task.WhenAll(subscriptions.Select(s => s.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task what_a_dead_process_held_is_delivered_after_the_processing_timeout()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(
            new Dictionary<string, string> { ["redisHost"] = server.Host }, null, ("processingTimeout", "300"), ("redeliverInterval", "50"));
        await server.CommandAsync("XGROUP", "CREATE", _topic, "g", "0", "MKSTREAM");
        for (var i = 0; i < 250; i++)
        {
            await broker.PublishAsync(_topic, $"{i}");
        }
        await server.CommandAsync("XREADGROUP", "GROUP", "g", "dead", "COUNT", "250", "STREAMS", _topic, ">");

        var (texts, subscription) = await broker.CollectAsync("g", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(() => texts.Count == 250);
        await Eventually.HoldsAsync(async () => (await server.CommandAsync("XPENDING", _topic, "g"))[0] == "0", () => "some are pending");
    }

    [Fact]
    public async Task what_a_living_process_works_on_is_not_delivered_to_another_however_long_it_takes()
    {
        var database = await fixture.DatabaseAsync();
        (string, string)[] quick = [("processingTimeout", "400"), ("redeliverInterval", "50")];
        await using var slow = await RedisBroker.OpenAsync(database, null, quick);
        await using var other = await RedisBroker.OpenAsync(database, null, quick);
        var held = new TaskCompletionSource<IMessageBatch>();
        await using var working = await slow.SubscribeAsync("g", _topic, batch => held.TrySetResult(batch));
        await slow.PublishAsync(_topic, "long");
        var batch = await held.Task;
        var (texts, subscription) = await other.CollectAsync("g", _topic);
        await using var ending = subscription;

        await Eventually.StaysAsync(() => texts.IsEmpty, TimeSpan.FromSeconds(1.5));
        batch.Settle(0, done: true);
    }

    [Fact]
    public async Task what_is_not_handled_when_the_last_consumer_leaves_goes_to_another_process_at_once()
    {
        var database = await fixture.DatabaseAsync();
        await using var leaving = await RedisBroker.OpenAsync(database, null, ("redeliverInterval", "50")); // and the timeout is a minute
        await using var staying = await RedisBroker.OpenAsync(database, null, ("redeliverInterval", "50"));
        var held = new ConcurrentQueue<string>();
        var first = await leaving.Broker.SubscribeAsync(new ConsumerOptions("g", _topic, 1, 2), (batch, stop) =>
        {
            held.Enqueue(RedisBroker.Text(batch.Messages[0]));
            stop.Register(() => batch.Settle(0, done: false));
            return Task.CompletedTask;
        }, default);
        await leaving.PublishAsync(_topic, "a", "b", "c", "d");
        await Eventually.HoldsAsync(() => held.Count >= 4);
        var (texts, second) = await staying.CollectAsync("g", _topic);
        await using var ending = second;

        await first.DisposeAsync();

        await Eventually.HoldsAsync(() => texts.Count == 4);
        texts.Order().ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public async Task a_consumer_that_comes_back_gets_what_was_left_before_what_is_new()
    {
        await using var broker = await OpenAsync();
        var first = await broker.Broker.SubscribeAsync(new ConsumerOptions("g", _topic, 1, 1), (batch, stop) =>
        {
            stop.Register(() => batch.Settle(0, done: false));
            return Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }, default);
        await broker.PublishAsync(_topic, "a", "b", "c");
        await first.DisposeAsync();
        await broker.PublishAsync(_topic, "d");

        var (texts, second) = await broker.CollectAsync("g", _topic);
        await using var ending = second;

        await Eventually.HoldsAsync(() => texts.Count == 4);
        texts.Take(3).Order().ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task a_bulk_delivery_holds_at_most_concurrency_messages_as_in_dapr()
    {
        await using var broker = await OpenAsync();
        await broker.PublishAsync(_topic, [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        var sizes = new ConcurrentQueue<int>();
        await using var subscription = await broker.SubscribeAsync("g", _topic, batch =>
        {
            sizes.Enqueue(batch.Messages.Count);
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                batch.Settle(i, done: true);
            }
        }, maxBatch: 1000, concurrency: 8);

        await Eventually.HoldsAsync(() => sizes.Sum() == 100);
        sizes.Max().ShouldBe(8);
    }

    [Fact]
    public async Task a_bulk_publish_that_the_server_refuses_is_refused_as_a_whole()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(new Dictionary<string, string> { ["redisHost"] = server.Host });
        await server.CommandAsync("SET", _topic, "no stream");

        var alone = await Should.ThrowAsync<Sidecar.Components.Redis.RedisErrorException>(() => broker.PublishAsync(_topic, "x"));
        var together = await Should.ThrowAsync<Sidecar.Components.Redis.RedisErrorException>(() => broker.PublishAsync(_topic, "x", "y"));

        alone.Code.ShouldBe("WRONGTYPE");
        together.Code.ShouldBe("WRONGTYPE");
    }

    [Fact]
    public async Task a_stream_is_trimmed_as_the_component_says()
    {
        var server = await fixture.ServerAsync();
        var host = new Dictionary<string, string> { ["redisHost"] = server.Host };
        await using var byLength = await RedisBroker.OpenAsync(host, null, ("maxLenApprox", "100"));
        await using var byAge = await RedisBroker.OpenAsync(host, null, ("streamTTL", "1ms"));
        var old = $"{_topic}-old";
        await byLength.PublishAsync(_topic, [.. Enumerable.Range(0, 1000).Select(i => $"{i}")]);
        for (var i = 0; i < 300; i++)
        {
            await byAge.PublishAsync(old, $"{i}");
        }

        // Whole nodes of 100 entries go.
        int.Parse((await server.CommandAsync("XLEN", _topic))[0]).ShouldBeLessThanOrEqualTo(200);
        int.Parse((await server.CommandAsync("XLEN", old))[0]).ShouldBeLessThanOrEqualTo(200);
    }

    [Fact]
    public async Task what_was_trimmed_before_it_was_handled_holds_nothing_up()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(
            new Dictionary<string, string> { ["redisHost"] = server.Host }, null, ("processingTimeout", "100"), ("redeliverInterval", "50"));
        await server.CommandAsync("XGROUP", "CREATE", _topic, "g", "0", "MKSTREAM");
        await broker.PublishAsync(_topic, "gone");
        await broker.PublishAsync(_topic, "there");
        await server.CommandAsync("XREADGROUP", "GROUP", "g", "dead", "STREAMS", _topic, ">");
        await server.CommandAsync("XTRIM", _topic, "MAXLEN", "1");

        var (texts, subscription) = await broker.CollectAsync("g", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(() => texts.Count == 1);
        texts.ShouldBe(["there"]);
        await Eventually.HoldsAsync(async () => (await server.CommandAsync("XPENDING", _topic, "g"))[0] == "0", () => "some are pending");
    }

    [Fact]
    public async Task consumers_of_dead_processes_are_forgotten_and_a_living_one_that_had_nothing_to_do_goes_on()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(
            new Dictionary<string, string> { ["redisHost"] = server.Host }, null, ("processingTimeout", "50"), ("redeliverInterval", "50"));
        await server.CommandAsync("XGROUP", "CREATE", _topic, "g", "0", "MKSTREAM");
        await server.CommandAsync("XGROUP", "CREATECONSUMER", _topic, "g", "dead");
        var (texts, subscription) = await broker.CollectAsync("g", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(
            async () => (await server.CommandAsync("XINFO", "CONSUMERS", _topic, "g")).Length == 1, () => "the dead one is there");
        await broker.PublishAsync(_topic, "after");

        await Eventually.HoldsAsync(() => texts.Count == 1);
        await Eventually.HoldsAsync(async () => (await server.CommandAsync("XPENDING", _topic, "g"))[0] == "0", () => "it is pending");
        (await server.CommandAsync("XINFO", "CONSUMERS", _topic, "g"))[1].ShouldStartWith("g-");
    }

    [Fact]
    public async Task a_consumer_id_in_the_file_is_the_group()
    {
        var server = await fixture.ServerAsync();
        await using var broker = await RedisBroker.OpenAsync(
            new Dictionary<string, string> { ["redisHost"] = server.Host }, null, ("consumerID", "team-{appID}"));
        await using var subscription = (await broker.CollectAsync("orders", _topic)).Subscription;

        (await server.CommandAsync("XINFO", "GROUPS", _topic))[..2].ShouldBe(["name", "team-orders"]);
    }

    private async Task<RedisBroker> OpenAsync() => await RedisBroker.OpenAsync(await fixture.DatabaseAsync());
}

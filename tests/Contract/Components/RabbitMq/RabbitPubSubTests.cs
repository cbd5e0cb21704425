using RabbitMQ.Client;
using Sidecar.Components;
using Sidecar.Components.PubSubRabbitMq;
using Sidecar.Resources;
using Tests.Servers;

namespace Tests.Contract.Components.RabbitMq;

public sealed class RabbitPubSubTests(RabbitFixture fixture)
{
    private readonly string _topic = $"t{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    [Fact]
    public async Task every_group_gets_every_message_in_order_alone_and_in_bulk()
    {
        await using var broker = await OpenAsync();
        var (orders, first) = await broker.CollectAsync("orders", _topic, maxBatch: 100);
        var (invoices, second) = await broker.CollectAsync("invoices", _topic, maxBatch: 100);
        await using var ending = first;
        await using var endingToo = second;
        var sent = Enumerable.Range(0, 500).Select(i => $"{{\"subject\":\"s\",\"n\":{i}}}").ToArray();

        await broker.PublishAsync(_topic, sent[..300]);
        foreach (var text in sent[300..])
        {
            await broker.PublishAsync(_topic, text);
        }

        await Eventually.HoldsAsync(() => orders.Count == 500 && invoices.Count == 500);
        orders.ShouldBe(sent);
        invoices.ShouldBe(sent);
    }

    [Fact]
    public async Task exchange_queue_and_message_are_as_dapr_lays_them_out()
    {
        await using var broker = await OpenAsync();
        await using var subscription = (await broker.CollectAsync("orders", _topic)).Subscription;
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(_topic, "fanout", durable: true, autoDelete: false); // fails where it is another
        await channel.QueueDeclareAsync(
            $"orders-{_topic}", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "classic" });
        await channel.QueueDeclareAsync($"other-{_topic}", exclusive: false);
        await channel.QueueBindAsync($"other-{_topic}", _topic, "");

        await broker.PublishAsync(_topic, "x", ("ttlInSeconds", "60"), ("priority", "7"), ("contentType", "application/json"));

        BasicGetResult? got = null;
        await Eventually.HoldsAsync(
            async () => (got = await channel.BasicGetAsync($"other-{_topic}", autoAck: true)) is not null, () => "no message came");
        got!.BasicProperties.DeliveryMode.ShouldBe(DeliveryModes.Persistent);
        got.BasicProperties.Expiration.ShouldBe("60000");
        got.BasicProperties.Priority.ShouldBe((byte)7);
        got.BasicProperties.ContentType.ShouldBe("application/json");
        got.BasicProperties.IsHeadersPresent().ShouldBeFalse();
    }

    [Fact]
    public async Task what_is_not_acknowledged_when_the_subscription_ends_is_given_to_the_next()
    {
        await using var broker = await OpenAsync();
        var held = new List<string>();
        var first = await broker.SubscribeAsync("g", _topic, (batch, stop) =>
        {
            lock (held)
            {
                held.Add(RabbitBroker.Text(batch.Messages[0]));
            }
            stop.Register(() => batch.Settle(0, done: false));
            return Task.CompletedTask;
        });
        await broker.PublishAsync(_topic, "a", "b", "c");
        await Eventually.HoldsAsync(() => held.Count == 3);

        await first.DisposeAsync();
        await broker.PublishAsync(_topic, "d");
        var (texts, second) = await broker.CollectAsync("g", _topic, maxBatch: 10);
        await using var ending = second;

        await Eventually.HoldsAsync(() => texts.Count == 4);
        texts.ShouldBe(["a", "b", "c", "d"], ignoreOrder: true);
    }

    [Fact]
    public async Task an_acknowledged_message_does_not_come_again_to_the_next_subscription()
    {
        await using var broker = await OpenAsync();
        for (var round = 0; round < 5; round++)
        {
            var (texts, subscription) = await broker.CollectAsync("g", _topic, maxBatch: 10);
            await broker.PublishAsync(_topic, [.. Enumerable.Range(0, 50).Select(i => $"{round}-{i}")]);
            await Eventually.HoldsAsync(() => texts.Count >= 50);
            await subscription.DisposeAsync();
            texts.Count(t => t.StartsWith($"{round}-", StringComparison.Ordinal)).ShouldBe(50);
            texts.Count.ShouldBe(50);
        }
    }

    [Fact]
    public async Task a_failed_message_goes_where_the_component_says()
    {
        await using var lost = await OpenAsync();
        await using var requeued = await OpenAsync(("requeueInFailure", "true"));
        await using var lettered = await OpenAsync(("enableDeadLetter", "true"));
        var times = 0;
        await using var first = await lost.SubscribeAsync("lost", _topic, GiveUp);
        await using var second = await lettered.SubscribeAsync("lettered", _topic, GiveUp);
        await using var third = await requeued.SubscribeAsync("requeued", _topic, (batch, _) =>
        {
            if (Interlocked.Increment(ref times) < 3)
            {
                batch.GiveUp(0);
            }
            else
            {
                batch.Settle(0, done: true);
            }
            return Task.CompletedTask;
        });

        await lost.PublishAsync(_topic, "x");

        await Eventually.HoldsAsync(() => Volatile.Read(ref times) == 3);
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await Eventually.HoldsAsync(
            async () => await channel.MessageCountAsync($"dlq-lettered-{_topic}") == 1, () => "the dead letter is not there");

        static Task GiveUp(IMessageBatch batch, CancellationToken cancellation)
        {
            batch.GiveUp(0);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task a_message_goes_to_the_queues_that_its_routing_key_names()
    {
        await using var broker = await OpenAsync(("exchangeKind", "topic"));
        var (paid, first) = await broker.CollectAsync("paid", _topic, 1, ("routingKey", "order.paid,order.refunded"));
        var (all, second) = await broker.CollectAsync("all", _topic, 1, ("routingKey", "order.*"));
        await using var ending = first;
        await using var endingToo = second;

        await broker.PublishAsync(_topic, "1", ("routingKey", "order.paid"));
        await broker.PublishAsync(_topic, "2", ("routingKey", "order.placed"));
        await broker.PublishAsync(_topic, "3", ("routingKey", "order.refunded"));

        await Eventually.HoldsAsync(() => paid.Count == 2 && all.Count == 3);
        paid.ShouldBe(["1", "3"]);
    }

    [Fact]
    public async Task an_expired_message_is_not_delivered()
    {
        await using var broker = await OpenAsync();
        await (await broker.CollectAsync("g", _topic)).Subscription.DisposeAsync();
        await broker.PublishAsync(_topic, "short", ("ttlInSeconds", "1"));
        await broker.PublishAsync(_topic, "long", ("ttlInSeconds", "600"));
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await Eventually.HoldsAsync(async () => await channel.MessageCountAsync($"g-{_topic}") == 1, () => "nothing expired");

        var (texts, subscription) = await broker.CollectAsync("g", _topic);
        await using var ending = subscription;

        await Eventually.HoldsAsync(() => !texts.IsEmpty);
        texts.ShouldBe(["long"]);
    }

    [Fact]
    public async Task an_exchange_of_another_kind_is_told_and_does_not_stop_other_topics()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(_topic, "direct", durable: true);
        await using var broker = await OpenAsync();

        var error = await Should.ThrowAsync<RabbitUnavailableException>(() => broker.PublishAsync(_topic, "x"));

        error.Message.ShouldContain("PRECONDITION_FAILED");
        await broker.PublishAsync(_topic + "other", "y");
    }

    [Fact]
    public async Task a_wrong_password_is_told_in_one_line_without_it()
    {
        var server = await fixture.ServerAsync();

        var error = await Should.ThrowAsync<ResourceException>(() => RabbitBroker.OpenAsync($"amqp://guest:hunter2@127.0.0.1:{server.Port}"));

        error.Message.ShouldStartWith($"pubsub.yaml: spec.metadata[connectionString]: RabbitMQ at 127.0.0.1:{server.Port} refuses the user 'guest'");
        error.ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task a_server_that_is_not_there_is_told_with_what_to_do()
    {
        var error = await Should.ThrowAsync<ResourceException>(
            () => RabbitBroker.OpenAsync($"amqp://me:hunter2@127.0.0.1:{LoopbackPort.Free()}"));

        error.Message.ShouldContain("cannot be reached: Connection refused");
        error.Message.ShouldContain("apt-get install rabbitmq-server");
        error.ToString().ShouldNotContain("hunter2");
    }

    private async Task<RabbitBroker> OpenAsync(params (string Name, string Value)[] metadata) =>
        await RabbitBroker.OpenAsync((await fixture.ServerAsync()).ConnectionString, null, metadata);

    private async Task<IConnection> ConnectAsync() =>
        await new ConnectionFactory { Uri = new Uri((await fixture.ServerAsync()).ConnectionString) }.CreateConnectionAsync();
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.Data.Sqlite;
using Sidecar.Components;

namespace Tests.Unit.Sidecar.Components;

public sealed class SqlitePubSubTests
{
    [Fact]
    public async Task an_accepted_message_survives_a_kill()
    {
        await using var killed = await BrokerFile.CreateAsync();
        await killed.PublishAsync("t", "one", "two");

        await using var broker = await killed.AfterKillAsync();
        var texts = await broker.CollectAsync("g", "t");

        await Eventually.HoldsAsync(() => texts.Count == 2);
        texts.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task what_was_not_acknowledged_is_given_again_after_a_kill_and_only_that()
    {
        await using var killed = await BrokerFile.CreateAsync();
        var held = new TaskCompletionSource();
        var done = 0;
        await killed.SubscribeAsync("g", "t", async (batch, _) =>
        {
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                if (BrokerFile.Text(batch.Messages[i]) == "stuck")
                {
                    await held.Task;
                }
                batch.Settle(i, done: true);
                Interlocked.Increment(ref done);
            }
        }, concurrency: 2);
        await killed.PublishAsync("t", ["a", "stuck", .. Enumerable.Range(0, 3_000).Select(i => $"{i}")]);
        await Eventually.HoldsAsync(() => Volatile.Read(ref done) == 3_001);
        await killed.PublishAsync("other", "x"); // acknowledgements are committed no later than the next publish

        await using var broker = await killed.AfterKillAsync();
        var texts = await broker.CollectAsync("g", "t");
        await broker.PublishAsync("t", "later");
        await Eventually.HoldsAsync(() => texts.Contains("later"));

        texts.ShouldBe(["stuck", "later"]);
        held.SetResult();
    }

    [Fact]
    public async Task each_group_gets_every_message_and_consumers_of_a_group_share_them()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var orders = await broker.CollectAsync("orders", "t");
        var first = await broker.CollectAsync("invoices", "t");
        var second = await broker.CollectAsync("invoices", "t");
        var sent = Enumerable.Range(0, 200).Select(i => $"{i}").ToArray();

        await broker.PublishAsync("t", sent);

        await Eventually.HoldsAsync(() => orders.Count == 200 && first.Count + second.Count == 200);
        orders.ShouldBe(sent);
        first.Concat(second).ShouldBe(sent, ignoreOrder: true);
    }

    [Fact]
    public async Task a_new_group_starts_at_the_oldest_message_kept()
    {
        await using var broker = await BrokerFile.CreateAsync();
        await broker.PublishAsync("t", "before");

        var texts = await broker.CollectAsync("g", "t");
        await broker.PublishAsync("t", "after");

        await Eventually.HoldsAsync(() => texts.Count == 2);
        texts.ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task a_topic_that_nobody_waits_for_keeps_its_newest_messages()
    {
        await using var broker = await BrokerFile.CreateAsync(maxMessagesPerTopic: 10);
        for (var i = 0; i < 25; i++)
        {
            await broker.PublishAsync("t", $"{i}");
        }

        var texts = await broker.CollectAsync("g", "t");

        await Eventually.HoldsAsync(() => texts.Count == 10);
        texts.ShouldBe(Enumerable.Range(15, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task messages_that_a_group_waits_for_are_kept_beyond_the_limit()
    {
        await using var broker = await BrokerFile.CreateAsync(maxMessagesPerTopic: 10);
        await (await broker.SubscribeAsync("g", "t", _ => Task.FromResult(true))).DisposeAsync();
        for (var i = 0; i < 25; i++)
        {
            await broker.PublishAsync("t", $"{i}");
        }

        var texts = await broker.CollectAsync("g", "t");

        await Eventually.HoldsAsync(() => texts.Count == 25);
    }

    [Fact]
    public async Task messages_that_all_groups_are_done_with_are_deleted_and_their_numbers_not_given_again()
    {
        await using var killed = await BrokerFile.CreateAsync();
        var texts = await killed.CollectAsync("g", "t", maxBatch: 100);
        await killed.PublishAsync("t", [.. Enumerable.Range(0, 2_000).Select(i => $"{i}")]);
        await Eventually.HoldsAsync(() => texts.Count == 2_000);
        await Eventually.HoldsAsync(() => Rows(killed.Path) < 1_000);

        await using var broker = await killed.AfterKillAsync();
        var again = new ConcurrentQueue<DeliveredMessage>();
        await broker.SubscribeAsync("g", "t", message =>
        {
            again.Enqueue(message);
            return Task.FromResult(true);
        });
        await broker.PublishAsync("t", "next");
        await Eventually.HoldsAsync(() => again.Any(m => BrokerFile.Text(m) == "next"));

        again.Single(m => BrokerFile.Text(m) == "next").Id.ShouldBe(2_001);
    }

    [Fact]
    public async Task a_group_that_lags_far_behind_gets_everything_in_order()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var sent = Enumerable.Range(0, 12_000).Select(i => $"{i}").ToArray();
        foreach (var part in sent.Chunk(1_000))
        {
            await broker.PublishAsync("t", part);
        }

        var texts = await broker.CollectAsync("g", "t", maxBatch: 100);
        await broker.PublishAsync("t", "last");

        await Eventually.HoldsAsync(() => texts.Count == 12_001);
        texts.ShouldBe([.. sent, "last"]);
    }

    [Fact]
    public async Task many_publishers_at_once_lose_nothing_and_each_keeps_its_order()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var texts = await broker.CollectAsync("g", "t", maxBatch: 50);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async p =>
        {
            for (var i = 0; i < 200; i++)
            {
                await broker.PublishAsync("t", $"{p}:{i}");
            }
        }));

        await Eventually.HoldsAsync(() => texts.Count == 16 * 200);
        foreach (var publisher in texts.GroupBy(t => t.Split(':')[0]))
        {
            publisher.Select(t => int.Parse(t.Split(':')[1])).ShouldBe(Enumerable.Range(0, 200));
        }
    }

    [Fact]
    public async Task topics_do_not_mix()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var a = await broker.CollectAsync("g", "a");
        var b = await broker.CollectAsync("g", "b/with slash");

        await broker.PublishAsync("b/with slash", "for b");
        await broker.PublishAsync("a", "for a");

        await Eventually.HoldsAsync(() => a.Count == 1 && b.Count == 1);
        (a.Single(), b.Single()).ShouldBe(("for a", "for b"));
    }

    [Fact]
    public async Task metadata_and_time_to_live_come_back_also_from_the_file()
    {
        await using var killed = await BrokerFile.CreateAsync();
        var metadata = new Dictionary<string, string> { ["k"] = "v", ["ttlInSeconds"] = "60" };
        await killed.Broker.PublishAsync([new NewMessage("t", "x"u8.ToArray(), metadata)], CancellationToken.None);

        await using var broker = await killed.AfterKillAsync();
        var got = new ConcurrentQueue<DeliveredMessage>();
        await broker.SubscribeAsync("g", "t", message =>
        {
            got.Enqueue(message);
            return Task.FromResult(true);
        });

        await Eventually.HoldsAsync(() => got.Count == 1);
        got.Single().Metadata.ShouldBe(metadata);
        got.Single().ExpiresAt!.Value.ShouldBe(TimeProvider.System.GetUtcNow().AddSeconds(60), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task a_commit_that_fails_is_told_to_the_publisher_and_leaves_no_gap()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var texts = await broker.CollectAsync("g", "t");
        await broker.PublishAsync("t", "one");
        await Eventually.HoldsAsync(() => texts.Count == 1);
        Execute(broker.Path, "ALTER TABLE messages RENAME TO away");

        await Should.ThrowAsync<SqliteException>(() => broker.PublishAsync("t", "refused"));
        Execute(broker.Path, "ALTER TABLE away RENAME TO messages");
        await broker.PublishAsync("t", "two");

        await Eventually.HoldsAsync(() => texts.Count == 2);
        texts.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task a_read_that_fails_is_tried_again_without_anything_else_happening()
    {
        using var log = new KeptLog();
        await using var broker = await BrokerFile.CreateAsync(loggers: log);
        await broker.PublishAsync("t", "one");
        Execute(broker.Path, "ALTER TABLE messages RENAME TO away");

        var texts = await broker.CollectAsync("g", "t");
        await Eventually.HoldsAsync(() => log.Has("Reading topic t from message 1 failed"));
        Execute(broker.Path, "ALTER TABLE away RENAME TO messages");

        await Eventually.HoldsAsync(() => texts.Count == 1);
    }

    [Fact]
    public async Task acknowledgements_of_a_failed_commit_are_stored_with_the_next_publish()
    {
        using var log = new KeptLog();
        await using var killed = await BrokerFile.CreateAsync(loggers: log);
        var release = new TaskCompletionSource();
        await killed.SubscribeAsync("g", "t", async _ =>
        {
            await release.Task;
            return true;
        });
        await killed.PublishAsync("t", "one");
        Execute(killed.Path, "ALTER TABLE consumer_groups RENAME TO away");
        release.SetResult();
        await Eventually.HoldsAsync(() => log.Has("A commit of 0 publishes and 1 groups failed"));
        Execute(killed.Path, "ALTER TABLE away RENAME TO consumer_groups");
        await killed.PublishAsync("other", "x");

        await using var broker = await killed.AfterKillAsync();
        var texts = await broker.CollectAsync("g", "t");
        await broker.PublishAsync("t", "later");
        await Eventually.HoldsAsync(() => texts.Contains("later"));

        texts.ShouldBe(["later"]);
    }

    [Fact]
    public async Task disposing_a_subscription_waits_for_its_calls_and_gives_the_rest_to_others()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var subscription = await broker.SubscribeAsync("g", "t", async (batch, stop) =>
        {
            entered.TrySetResult();
            await release.Task;
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                batch.Settle(i, done: !stop.IsCancellationRequested);
            }
        });
        await broker.PublishAsync("t", "one", "two");
        await entered.Task;

        var disposing = subscription.DisposeAsync().AsTask();
        disposing.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await disposing;

        var texts = await broker.CollectAsync("g", "t");
        await Eventually.HoldsAsync(() => texts.Count == 2);
        texts.ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task large_messages_travel_alone()
    {
        await using var broker = await BrokerFile.CreateAsync();
        var sizes = new ConcurrentQueue<int>();
        var large = new string('x', 3 << 20);
        await broker.PublishAsync("t", large, "small", large);

        await broker.SubscribeAsync("g", "t", (batch, _) =>
        {
            sizes.Enqueue(batch.Messages.Count);
            for (var i = 0; i < batch.Messages.Count; i++)
            {
                Encoding.UTF8.GetString(batch.Messages[i].Data.Span).ShouldBeOneOf(large, "small");
                batch.Settle(i, done: true);
            }
            return Task.CompletedTask;
        }, maxBatch: 100);

        await Eventually.HoldsAsync(() => sizes.Sum() == 3);
        sizes.ShouldAllBe(size => size == 1);
    }

    private static long Rows(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM messages";
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

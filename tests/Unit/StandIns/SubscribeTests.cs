using System.Collections.Concurrent;
using System.Net;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Tests.Unit.StandIns;

public sealed class SubscribeTests
{
    [Fact]
    public async Task an_app_without_subscriptions_has_an_empty_list()
    {
        (await SubscriptionsAsync(app => app.MapPost("/a", () => "no topic"))).ShouldBe("[]");
    }

    [Fact]
    public async Task a_topic_leads_to_its_route()
    {
        (await SubscriptionsAsync(app => app.MapPost("/orders/placed", () => "").WithTopic("pubsub", "orders")))
            .ShouldBe("""[{"topic":"orders","pubsubName":"pubsub","route":"orders/placed"}]""");
    }

    [Fact]
    public async Task one_endpoint_may_take_several_topics()
    {
        (await SubscriptionsAsync(app => app.MapPost("/a", [Topic("pubsub", "x")] () => "").WithTopic("pubsub", "b")))
            .ShouldBe("""[{"topic":"b","pubsubName":"pubsub","route":"a"},{"topic":"x","pubsubName":"pubsub","route":"a"}]""");
    }

    [Fact]
    public async Task raw_payloads_and_metadata_are_metadata()
    {
        var metadata = new Dictionary<string, string> { ["maxConcurrent"] = "5" };
        (await SubscriptionsAsync(app =>
        {
            app.MapPost("/a", () => "").WithTopic("pubsub", "a", enableRawPayload: true);
            app.MapPost("/b", () => "").WithTopic("pubsub", "b", metadata);
            app.MapPost("/c", () => "").WithTopic("pubsub", "c", enableRawPayload: true, metadata);
        })).ShouldBe(
            """[{"topic":"a","pubsubName":"pubsub","route":"a","metadata":{"rawPayload":"true"}},{"topic":"b","pubsubName":"pubsub","route":"b","metadata":{"maxConcurrent":"5"}},{"topic":"c","pubsubName":"pubsub","route":"c","metadata":{"maxConcurrent":"5","rawPayload":"true"}}]""");
    }

    [Fact]
    public async Task raw_payloads_can_be_switched_on_for_all_topics()
    {
        (await SubscriptionsAsync(
            app => app.MapPost("/a", () => "").WithTopic("pubsub", "a"),
            new SubscribeOptions { EnableRawPayload = true }))
            .ShouldBe("""[{"topic":"a","pubsubName":"pubsub","route":"a","metadata":{"rawPayload":"true"}}]""");
    }

    [Fact]
    public async Task a_dead_letter_topic_is_named()
    {
        (await SubscriptionsAsync(app => app.MapPost("/a", () => "").WithTopic(new TopicOptions
        {
            PubsubName = "pubsub",
            Name = "orders",
            DeadLetterTopic = "orders.deadletter",
            Metadata = new Dictionary<string, string> { ["k"] = "v" },
        }))).ShouldBe(
            """[{"topic":"orders","pubsubName":"pubsub","route":"a","metadata":{"k":"v"},"deadLetterTopic":"orders.deadletter"}]""");
    }

    [Fact]
    public async Task metadata_items_with_an_id_belong_to_the_topics_that_own_it()
    {
        (await SubscriptionsAsync(app =>
        {
            app.MapPost(
                "/a",
                [Topic("pubsub", "a", ["id1"], "|")]
                [Topic("pubsub", "b")]
                [TopicMetadata("id1", "k", "v1")]
                [TopicMetadata("id1", "k", "v2")]
                [TopicMetadata("all", "v3")] () => "");
        })).ShouldBe(
            """[{"topic":"a","pubsubName":"pubsub","route":"a","metadata":{"k":"v1|v2","all":"v3"}},{"topic":"b","pubsubName":"pubsub","route":"a","metadata":{"all":"v3"}}]""");
    }

    [Fact]
    public async Task a_bulk_subscription_states_its_sizes()
    {
        (await SubscriptionsAsync(app =>
        {
            app.MapPost("/a", () => "").WithTopic("pubsub", "a")
                .WithBulkSubscribe(new BulkSubscribeTopicOptions { TopicName = "a" });
            app.MapPost("/b", [Topic("pubsub", "b")] [BulkSubscribe("b", 50, 20)] () => "");
            app.MapPost("/c", [Topic("pubsub", "c")] [BulkSubscribe("another topic")] () => "");
        })).ShouldBe(
            """[{"topic":"a","pubsubName":"pubsub","route":"a","bulkSubscribe":{"enabled":true,"maxMessagesCount":100,"maxAwaitDurationMs":1000}},{"topic":"b","pubsubName":"pubsub","route":"b","bulkSubscribe":{"enabled":true,"maxMessagesCount":50,"maxAwaitDurationMs":20}},{"topic":"c","pubsubName":"pubsub","route":"c"}]""");
    }

    [Fact]
    public async Task rules_are_listed_by_priority_with_the_default_route()
    {
        (await SubscriptionsAsync(app =>
        {
            app.MapPost("/rest", () => "").WithTopic("pubsub", "orders");
            app.MapPost("/b", [Topic("pubsub", "orders", "event.type == 'b'", 2)] () => "");
            app.MapPost("/a", [Topic("pubsub", "orders", "event.type == 'a'", 1)] () => "");
        })).ShouldBe(
            """[{"topic":"orders","pubsubName":"pubsub","routes":{"default":"rest","rules":[{"match":"event.type == \u0027a\u0027","path":"a"},{"match":"event.type == \u0027b\u0027","path":"b"}]}}]""");
    }

    [Fact]
    public async Task rules_with_bulk_subscribe_and_without_a_default_route_make_one_subscription()
    {
        var logs = new Logs();
        var list = await SubscriptionsAsync(
            app =>
            {
                string[] types = ["order.placed.v1", "order.confirmed.v1", "order.cancelled.v1"];
                for (var i = 0; i < types.Length; i++)
                {
                    app.MapPost($"/events/{types[i]}", () => "")
                        .WithTopic(new TopicOptions
                        {
                            PubsubName = "pubsub",
                            Name = "orders",
                            Match = $"event.type == \"{types[i]}\"",
                            Priority = i + 1,
                            DeadLetterTopic = "orders.deadletter",
                        })
                        .WithBulkSubscribe(new BulkSubscribeTopicOptions
                        {
                            TopicName = "orders",
                            MaxMessagesCount = 200,
                            MaxAwaitDurationMs = 10,
                        });
                }
            },
            logs: logs);

        list.ShouldBe(
            """[{"topic":"orders","pubsubName":"pubsub","routes":{"rules":[{"match":"event.type == \u0022order.placed.v1\u0022","path":"events/order.placed.v1"},{"match":"event.type == \u0022order.confirmed.v1\u0022","path":"events/order.confirmed.v1"},{"match":"event.type == \u0022order.cancelled.v1\u0022","path":"events/order.cancelled.v1"}]},"deadLetterTopic":"orders.deadletter","bulkSubscribe":{"enabled":true,"maxMessagesCount":200,"maxAwaitDurationMs":10}}]""");
        logs.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task the_first_endpoint_by_priority_decides_on_bulk_and_dead_letters()
    {
        // As in the official package: a default route (priority 0) without bulk switches it off for all rules.
        (await SubscriptionsAsync(app =>
        {
            app.MapPost("/rest", () => "").WithTopic("pubsub", "orders");
            app.MapPost("/a", () => "")
                .WithTopic(new TopicOptions
                {
                    PubsubName = "pubsub", Name = "orders", Match = "true", Priority = 1, DeadLetterTopic = "dead",
                })
                .WithBulkSubscribe(new BulkSubscribeTopicOptions { TopicName = "orders" });
        })).ShouldBe(
            """[{"topic":"orders","pubsubName":"pubsub","routes":{"default":"rest","rules":[{"match":"true","path":"a"}]}}]""");
    }

    [Fact]
    public async Task a_second_default_route_and_equal_priorities_are_logged_as_errors()
    {
        var logs = new Logs();
        var list = await SubscriptionsAsync(
            app =>
            {
                app.MapPost("/a", () => "").WithTopic("pubsub", "orders");
                app.MapPost("/b", () => "").WithTopic("pubsub", "orders");
                app.MapPost("/c", [Topic("pubsub", "stock", "x", 1)] () => "");
                app.MapPost("/d", [Topic("pubsub", "stock", "y", 1)] () => "");
            },
            logs: logs);

        list.ShouldContain("""{"topic":"orders","pubsubName":"pubsub","route":"a"}""");
        logs.Errors.ShouldBe(
            [
                "A default subscription to topic orders on pubsub pubsub already exists.",
                "A subscription to topic stock on pubsub pubsub has duplicate priorities for 1: found 2 occurrences.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task topics_of_different_components_are_different()
    {
        (await SubscriptionsAsync(app =>
        {
            app.MapPost("/a", () => "").WithTopic("two", "orders");
            app.MapPost("/b", () => "").WithTopic("one", "orders");
        })).ShouldBe(
            """[{"topic":"orders","pubsubName":"one","route":"b"},{"topic":"orders","pubsubName":"two","route":"a"}]""");
    }

    [Fact]
    public async Task a_route_with_parameters_cannot_be_subscribed()
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.MapPost("/orders/{id}", () => "").WithTopic("pubsub", "orders");
            app.MapSubscribeHandler();
        });

        using var answer = await app.Http.GetAsync("/dapr/subscribe");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public void subscriptions_need_names()
    {
        Should.Throw<ArgumentException>(() => new TopicAttribute("", "orders"));
        Should.Throw<ArgumentNullException>(() => new TopicAttribute("pubsub", null));
        Should.Throw<ArgumentException>(() => new TopicMetadataAttribute("", "v"));
    }

    private static async Task<string> SubscriptionsAsync(
        Action<WebApplication> map, SubscribeOptions? options = null, Logs? logs = null)
    {
        await using var app = await TestApp.StartAsync(
            app =>
            {
                map(app);
                app.MapSubscribeHandler(options);
            },
            logs: logs);
        return await app.Http.GetStringAsync("/dapr/subscribe");
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Errors.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}

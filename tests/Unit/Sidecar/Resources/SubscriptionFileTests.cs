using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

public sealed class SubscriptionFileTests : IDisposable
{
    private const string Routed = """
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: orders
        spec:
          pubsubname: pubsub
          topic: orders
          routes:
            rules:
              - match: event.type == "order.placed.v1"
                path: /placed
            default: /other
          deadLetterTopic: orders.deadletter
          bulkSubscribe:
            enabled: true
            maxMessagesCount: 50
            maxAwaitDurationMs: 20
          metadata:
            rawPayload: "true"
        scopes: [orders]
        """;

    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void v2alpha1_has_rules_in_order_and_the_default_last()
    {
        var subscription = _folder.With("s.yaml", Routed).Load().Subscriptions.ShouldHaveSingleItem();

        subscription.PubsubName.ShouldBe("pubsub");
        subscription.Topic.ShouldBe("orders");
        subscription.Rules.ShouldBe(
            [new RouteRule("event.type == \"order.placed.v1\"", "/placed"), new RouteRule(null, "/other")]);
        subscription.DeadLetterTopic.ShouldBe("orders.deadletter");
        subscription.Bulk.ShouldBe(new BulkSubscribe(true, 50, 20));
        subscription.Metadata["rawPayload"].ShouldBe("true");
        subscription.Scopes.ShouldBe(["orders"]);
        subscription.Source.ShouldBe(SubscriptionSource.Declarative);
    }

    [Fact]
    public void v1alpha1_has_one_route()
    {
        var subscription = _folder.With("s.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata: {name: orders}
            spec: {pubsubname: pubsub, topic: orders, route: /orders, bulkSubscribe: {enabled: true}}
            """).Load().Subscriptions.ShouldHaveSingleItem();

        subscription.Rules.ShouldBe([new RouteRule(null, "/orders")]);
        subscription.DeadLetterTopic.ShouldBeNull();
        subscription.Bulk.ShouldBe(new BulkSubscribe(true, 100, 1000));
    }

    [Fact]
    public void another_apps_subscription_is_not_loaded() =>
        _folder.With("s.yaml", Routed).Load("billing").Subscriptions.ShouldBeEmpty();

    [Theory]
    [InlineData("pubsubname: pubsub", "pubsub: pubsub", "spec.pubsubname: is missing")]
    [InlineData("topic: orders", "topic:", "spec.topic: is missing")]
    [InlineData("  routes:", "  route: /x\n  routes:", "spec.route: is unknown or not supported")]
    [InlineData("path: /placed", "pfad: /placed", "spec.routes.rules[0].path: is missing")]
    [InlineData("match: event.type", "when: x\n        match: event.type", "spec.routes.rules[0].when: is unknown")]
    [InlineData("default: /other", "defaults: /other", "spec.routes.defaults: is unknown")]
    [InlineData("maxMessagesCount: 50", "maxMessagesCount: many", "spec.bulkSubscribe.maxMessagesCount: 'many' is not a whole number")]
    [InlineData("maxMessagesCount: 50", "maxMessagesCount: '50'", "spec.bulkSubscribe.maxMessagesCount: '50' is not a whole number")]
    [InlineData("enabled: true", "enabled: 1", "spec.bulkSubscribe.enabled: '1' is not a boolean")]
    [InlineData("dapr.io/v2alpha1", "dapr.io/v3", "apiVersion: 'dapr.io/v3' is not supported for kind Subscription")]
    public void a_mistake_is_named_with_file_and_field(string good, string bad, string problem)
    {
        var error = _folder.With("s.yaml", Routed.Replace(good, bad, StringComparison.Ordinal)).Error();

        error.ShouldContain("s.yaml: ");
        error.ShouldContain(problem);
    }

    [Fact]
    public void routes_without_any_route_are_refused()
    {
        _folder.With("s.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: orders}
            spec: {pubsubname: pubsub, topic: orders, routes: {rules: []}}
            """).Error().ShouldContain("spec.routes: has neither rules nor a default");
    }
}

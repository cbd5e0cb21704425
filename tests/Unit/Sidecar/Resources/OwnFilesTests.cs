using Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Invocation;
using Sidecar.PubSub.Scoping;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resources;

/// <summary>The files in components/ that the embedded sidecar is started with.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("own-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("orders", true)]
    [InlineData("inventory", true)]
    [InlineData("invoices", true)]
    [InlineData("gateway", false)]
    public async Task the_services_are_woken_by_sync_and_the_gateway_is_not(string app, bool isWoken)
    {
        var components = Load(app);
        await using var set = new ComponentSet(new ComponentContext(_data, TimeProvider.System, NullLoggerFactory.Instance));

        var bindings = await set.InputBindingsAsync(components, CancellationToken.None);

        bindings.Keys.ShouldBe(isWoken ? ["sync"] : []);
        ComponentSet.RefuseUnknownTypes(components);
    }

    [Theory]
    [InlineData("orders", "orders", "inventory", "invoices", "customers")]
    [InlineData("inventory", "inventory", "orders")]
    [InlineData("invoices", "invoices", "orders", "inventory", "customers")]
    public void only_the_owner_publishes_to_a_topic_and_subscribers_may_give_messages_up(string app, string own, params string[] subscribed)
    {
        var scopes = TopicScopes.Read(Load(app).Single(c => c.Type.StartsWith("pubsub.", StringComparison.Ordinal)), app);

        string[] topics = [Topics.Orders, Topics.Inventory, Topics.Invoices, Topics.Customers];
        foreach (var topic in topics)
        {
            var isOwn = topic == own || (topic == Topics.Customers && subscribed.Contains(topic));
            scopes.MayPublish(topic).ShouldBe(isOwn, topic);
            scopes.MaySubscribe(topic).ShouldBe(subscribed.Contains(topic), topic);
            scopes.MayPublish(Topics.DeadLetterOf(topic)).ShouldBe(subscribed.Contains(topic), topic);
            scopes.MaySubscribe(Topics.DeadLetterOf(topic)).ShouldBe(subscribed.Contains(topic), topic);
        }
        scopes.MayPublish("misspelt").ShouldBeFalse();
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("a-new-app")]
    public void who_owns_no_topic_may_neither_publish_nor_subscribe(string app)
    {
        var scopes = TopicScopes.Read(Load(app).Single(c => c.Type.StartsWith("pubsub.", StringComparison.Ordinal)), app);

        string[] topics = [Topics.Orders, Topics.Inventory, Topics.Invoices, Topics.Customers];
        topics.ShouldAllBe(t => !scopes.MayPublish(t) && !scopes.MaySubscribe(t) && !scopes.MayPublish(Topics.DeadLetterOf(t)));
    }

    [Theory]
    [InlineData("gateway", "POST", "orders", true)]
    [InlineData("gateway", "POST", "orders/1/cancel", true)]
    [InlineData("gateway", "GET", "orders/1", true)]
    [InlineData("gateway", "PATCH", "customers/1", true)]
    [InlineData("gateway", "PUT", "customers/1/credit-limit", true)]
    [InlineData("gateway", "GET", "changes", true)]
    [InlineData("gateway", "POST", "invoices/1/issue", false)]
    [InlineData("gateway", "PUT", "reservations/1", false)]
    [InlineData("gateway", "POST", "sync", false)]
    [InlineData("gateway", "POST", "events/orders/others", false)]
    [InlineData("gateway", "GET", "dapr/subscribe", false)]
    [InlineData("orders", "PUT", "reservations/1", true)]
    [InlineData("orders", "POST", "reservations/1/release", true)]
    [InlineData("orders", "POST", "invoices/1/void", true)]
    [InlineData("orders", "GET", "invoices/1", false)]
    [InlineData("orders", "POST", "stock/1/adjust", false)]
    [InlineData("inventory", "GET", "changes", true)]
    [InlineData("inventory", "POST", "orders", false)]
    [InlineData("invoices", "GET", "changes", true)]
    [InlineData("invoices", "POST", "changes", false)]
    [InlineData("a-new-app", "GET", "changes", false)]
    public void each_app_may_call_what_it_uses_and_nothing_else(string caller, string verb, string method, bool expected)
    {
        var configuration = ConfigurationReader.ReadFile(Path.Combine(RepoFiles.Root, "components", "policies", "access-control.yaml"));

        new AccessControlList(configuration.AccessControl!).Allows(new(caller, "default", "public"), method, verb).ShouldBe(expected);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("inventory")]
    [InlineData("invoices")]
    public void the_files_for_redis_open_the_same_topics_and_hold_no_password(string app)
    {
        var embedded = Load(app).Single(c => c.Name == Topics.PubSub);
        var redis = Load(app, "redis");

        var broker = redis.Single(c => c.Name == Topics.PubSub);

        foreach (var name in TopicScopes.MetadataNames)
        {
            broker.Metadata[name].ShouldBe(embedded.Metadata[name]);
        }
        redis.Where(c => c.Type.EndsWith(".redis", StringComparison.Ordinal)).ShouldAllBe(c => c.Metadata["redisPassword"].Length == 0);
        ComponentSet.RefuseUnknownTypes(redis);
    }

    private static IReadOnlyList<Component> Load(string app, string swap = "embedded")
    {
        var folders = new[] { swap, "policies" };
        return ResourceLoader.Load(
            [.. folders.Select(f => new ResourceDirectory(Path.Combine(RepoFiles.Root, "components", f), "dapr.yaml", "common.resourcesPaths"))],
            app, static _ => null).Components;
    }
}

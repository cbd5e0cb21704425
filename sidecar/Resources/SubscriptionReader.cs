using Sidecar.Resources.Yaml;

namespace Sidecar.Resources;

/// <summary>
/// Reads kind <c>Subscription</c>, v1alpha1 (one route) and v2alpha1 (routing rules). Source: Dapr docs, "Subscription
/// spec".
/// </summary>
internal static class SubscriptionReader
{
    public static Subscription Read(YamlMap document, ResourceHeader header)
    {
        var spec = document.RequiredMap("spec");
        var subscription = new Subscription(
            spec.RequiredText("pubsubname", "pubsub"),
            spec.RequiredText("topic", "orders"),
            header.ApiVersion == ResourceHeader.V1Alpha1
                ? [new RouteRule(null, spec.RequiredText("route", "/orders"))]
                : Routes(spec),
            spec.Text("deadLetterTopic"),
            Bulk(spec),
            spec.Scalars("metadata"),
            header.Scopes,
            SubscriptionSource.Declarative,
            document.File);
        spec.Finish();
        document.Finish();
        return subscription;
    }

    private static List<RouteRule> Routes(YamlMap spec)
    {
        var routes = spec.RequiredMap("routes");
        var rules = new List<RouteRule>();
        foreach (var rule in routes.Maps("rules"))
        {
            rules.Add(new RouteRule(rule.Text("match"), rule.RequiredText("path", "/orders/placed")));
            rule.Finish();
        }

        if (routes.Text("default") is { Length: > 0 } path)
        {
            rules.Add(new RouteRule(null, path));
        }

        routes.Finish();
        return rules.Count > 0 ? rules
            : throw spec.Error("routes", "has neither rules nor a default", "Add 'default: /path'.");
    }

    private static BulkSubscribe Bulk(YamlMap spec)
    {
        var bulk = spec.Map("bulkSubscribe");
        if (bulk is null)
        {
            return new BulkSubscribe(Enabled: false);
        }

        // Zero means Dapr's default for both numbers.
        var defaults = new BulkSubscribe(bulk.Boolean("enabled") ?? false);
        var count = bulk.Integer("maxMessagesCount", 0, int.MaxValue) ?? 0;
        var wait = bulk.Integer("maxAwaitDurationMs", 0, int.MaxValue) ?? 0;
        bulk.Finish();
        return defaults with
        {
            MaxMessagesCount = count > 0 ? count : defaults.MaxMessagesCount,
            MaxAwaitDurationMs = wait > 0 ? wait : defaults.MaxAwaitDurationMs,
        };
    }
}

using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Dapr.AspNetCore.Subscribing;

/// <summary>
/// Gathers the subscriptions of an app's endpoints: one for each topic, with a rule for each endpoint.
/// </summary>
internal static partial class SubscriptionList
{
    private const string RawPayload = "rawPayload";

    public static IReadOnlyList<Subscription> Of(EndpointDataSource endpoints, bool rawPayloads, ILogger logger) =>
    [
        .. endpoints.Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(TopicEndpoint.Of)
            .GroupBy(endpoint => (endpoint.Topic.PubsubName, endpoint.Topic.Name))
            .Select(group => ToSubscription([.. group.OrderBy(e => e.Topic.Priority)], rawPayloads, logger))
            .OrderBy(subscription => (subscription.PubsubName, subscription.Topic)),
    ];

    /// <param name="endpoints">
    /// All endpoints of one topic, by priority: the first decides what there can be one of.
    /// </param>
    /// <param name="rawPayloads">Whether messages come without an envelope, whatever the endpoints say.</param>
    /// <param name="logger">Is told of contradictions.</param>
    private static Subscription ToSubscription(TopicEndpoint[] endpoints, bool rawPayloads, ILogger logger)
    {
        var first = endpoints[0];
        var rules = endpoints.Where(endpoint => endpoint.HasRule).ToArray();
        var defaults = endpoints.Where(endpoint => !endpoint.HasRule).ToArray();
        LogContradictions(first.Topic, rules, defaults, logger);

        var defaultRoute = defaults.FirstOrDefault()?.Path;
        var metadata = MetadataOf(endpoints);
        if (rawPayloads || endpoints.Any(endpoint => endpoint.RawPayload))
        {
            metadata.Add(RawPayload, "true");
        }

        return new Subscription
        {
            Topic = first.Topic.Name,
            PubsubName = first.Topic.PubsubName,
            Route = rules.Length == 0 ? defaultRoute : null,
            Routes = rules.Length == 0
                ? null
                : new Routes(defaultRoute, [.. rules.Select(rule => new Rule(rule.Topic.Match, rule.Path))]),
            Metadata = metadata.Count > 0 ? metadata : null,
            DeadLetterTopic = first.DeadLetterTopic,
            BulkSubscribe = first.BulkSubscribe,
        };
    }

    private static Dictionary<string, string> MetadataOf(TopicEndpoint[] endpoints)
    {
        var separator = endpoints.Select(e => e.MetadataSeparator).FirstOrDefault(s => !string.IsNullOrEmpty(s)) ?? ",";
        return endpoints
            .SelectMany(endpoint => endpoint.Metadata)
            .GroupBy(item => item.Name, item => item.Value)
            .ToDictionary(items => items.Key, items => string.Join(separator, items.Distinct()));
    }

    private static void LogContradictions(
        ITopicMetadata topic, TopicEndpoint[] rules, TopicEndpoint[] defaults, ILogger logger)
    {
        if (defaults.Length > 1)
        {
            LogSecondDefault(logger, topic.Name, topic.PubsubName);
        }

        foreach (var same in rules.GroupBy(rule => rule.Topic.Priority).Where(rule => rule.Skip(1).Any()))
        {
            LogSamePriority(logger, topic.Name, topic.PubsubName, same.Key, same.Count());
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "A default subscription to topic {Name} on pubsub {Pubsub} already exists.")]
    private static partial void LogSecondDefault(ILogger logger, string name, string pubsub);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "A subscription to topic {Name} on pubsub {Pubsub} has duplicate priorities for {Priority}: "
            + "found {Count} occurrences.")]
    private static partial void LogSamePriority(ILogger logger, string name, string pubsub, int priority, int count);
}

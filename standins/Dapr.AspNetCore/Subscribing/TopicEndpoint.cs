using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Dapr.AspNetCore.Subscribing;

/// <summary>An endpoint together with one of the topics that it is subscribed to.</summary>
internal sealed record TopicEndpoint(
    ITopicMetadata Topic, string Path, IReadOnlyList<IOriginalTopicMetadata> Metadata, BulkSubscribe? BulkSubscribe)
{
    public bool HasRule => !string.IsNullOrEmpty(Topic.Match);

    public string? DeadLetterTopic => (Topic as IDeadLetterTopicMetadata)?.DeadLetterTopic;

    public string? MetadataSeparator => (Topic as IOwnedOriginalTopicMetadata)?.MetadataSeparator;

    public bool RawPayload => (Topic as IRawTopicMetadata)?.EnableRawPayload is true;

    public static IEnumerable<TopicEndpoint> Of(RouteEndpoint endpoint)
    {
        var topics = endpoint.Metadata.GetOrderedMetadata<ITopicMetadata>();
        if (!topics.Any(topic => topic.Name is not null))
        {
            return [];
        }

        var metadata = endpoint.Metadata.GetOrderedMetadata<IOriginalTopicMetadata>();
        var bulks = endpoint.Metadata.GetOrderedMetadata<IBulkSubscribeMetadata>();
        return topics.Select(topic => new TopicEndpoint(
            topic,
            PathOf(endpoint.RoutePattern),
            [.. metadata.Where(item => IsFor(item, topic))],
            bulks.FirstOrDefault(bulk => bulk.TopicName == topic.Name) is { } bulk
                ? new BulkSubscribe(Enabled: true, bulk.MaxMessagesCount, bulk.MaxAwaitDurationMs)
                : null));
    }

    private static bool IsFor(IOriginalTopicMetadata item, ITopicMetadata topic) =>
        string.IsNullOrEmpty(item.Id)
        || (topic as IOwnedOriginalTopicMetadata)?.OwnedMetadatas?.Contains(item.Id) is true;

    private static string PathOf(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part is RoutePatternLiteralPart literal
            ? literal.Content
            : throw new InvalidOperationException(
                $"The route '{pattern.RawText}' is subscribed to a topic, so it must have no parameters: the sidecar "
                + "has nothing to fill in for them.")))));
}

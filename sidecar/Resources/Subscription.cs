namespace Sidecar.Resources;

/// <summary>How a subscription was declared; the names are those of Dapr's metadata answer.</summary>
public enum SubscriptionSource
{
    /// <summary>By a Subscription file.</summary>
    Declarative,

    /// <summary>By the app's answer to GET /dapr/subscribe.</summary>
    Programmatic,
}

/// <summary>
/// One routing rule: where the CEL expression holds, the message goes to the path. Rules are tried in order.
/// </summary>
/// <param name="Match">CEL expression over <c>event</c>; null or empty for the default route.</param>
/// <param name="Path">Path on the app.</param>
public sealed record RouteRule(string? Match, string Path);

/// <summary>Bulk subscription settings. Source: Dapr docs, "Publish and subscribe to bulk messages".</summary>
/// <param name="Enabled">Deliver several messages in one request.</param>
/// <param name="MaxMessagesCount">Most messages in one request (Dapr's default: 100).</param>
/// <param name="MaxAwaitDurationMs">Longest wait for a batch to fill, in milliseconds (Dapr's default: 1000).</param>
public sealed record BulkSubscribe(bool Enabled, int MaxMessagesCount = 100, int MaxAwaitDurationMs = 1000);

/// <summary>A topic subscription of one app (declarative v1alpha1 or v2alpha1, or programmatic).</summary>
/// <param name="PubsubName">Name of the pub/sub component.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="Rules">Routes in the order in which they are tried; a default route has no match and stands
/// last.</param>
/// <param name="DeadLetterTopic">Topic for messages that were given up, or null.</param>
/// <param name="Bulk">Bulk delivery settings.</param>
/// <param name="Metadata">Subscription metadata, for example <c>rawPayload</c>.</param>
/// <param name="Scopes">App ids it is for; empty means all.</param>
/// <param name="Source">How it was declared.</param>
/// <param name="File">Where it was read; for programmatic ones, the app's address.</param>
public sealed record Subscription(
    string PubsubName,
    string Topic,
    IReadOnlyList<RouteRule> Rules,
    string? DeadLetterTopic,
    BulkSubscribe Bulk,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Scopes,
    SubscriptionSource Source,
    string File);

using Sidecar.Http;
using Sidecar.Telemetry;

namespace Sidecar.PubSub;

/// <summary>How a publish ended.</summary>
/// <param name="Error">The error answer; null means accepted (204).</param>
public readonly record struct PublishResult(ApiError? Error)
{
    /// <summary>The broker has stored the message.</summary>
    public static PublishResult Accepted => default;
}

/// <summary>An entry of a bulk publish that was not stored.</summary>
/// <param name="EntryId">The entry's id as the caller chose it.</param>
/// <param name="Error">Why.</param>
public sealed record BulkPublishFailure(string EntryId, string Error);

/// <summary>
/// How a bulk publish ended: accepted (204, both null), refused as a whole (<see cref="Error"/> without failures),
/// or failed in part: then the answer is <c>{"failedEntries":[{"entryId","error"}],"errorCode"}</c> with the
/// error's status and code.
/// </summary>
/// <param name="Error">Status, code and message; null means accepted.</param>
/// <param name="FailedEntries">The entries that failed; null or empty where the error is about the whole
/// request.</param>
public readonly record struct BulkPublishResult(ApiError? Error, IReadOnlyList<BulkPublishFailure>? FailedEntries)
{
    /// <summary>The broker has stored all messages.</summary>
    public static BulkPublishResult Accepted => default;
}

/// <summary>
/// The publish side of pub/sub, as the faces call it: envelope, scopes, resiliency and broker are behind it.
/// Refusals are results, not exceptions. The body lies in a pooled buffer and is only valid until the returned task
/// completes.
/// </summary>
public interface IPublisher
{
    /// <summary>Publishes one message (POST /v1.0/publish/{pubsub}/{topic}).</summary>
    /// <param name="pubsub">Component name.</param>
    /// <param name="topic">Topic name; may hold slashes.</param>
    /// <param name="body">The request's body as sent.</param>
    /// <param name="contentType">The request's Content-Type as sent; null where absent.</param>
    /// <param name="metadata">The query's <c>metadata.*</c> values, names without the prefix (for example
    /// <c>rawPayload</c>).</param>
    /// <param name="trace">The request's trace context; its traceparent and tracestate go into the
    /// envelope.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    Task<PublishResult> PublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body, string? contentType,
        IReadOnlyDictionary<string, string> metadata, TraceContext trace, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes a list (POST /v1.0/publish/bulk/{pubsub}/{topic}). <paramref name="body"/> is the JSON array of
    /// <c>{"entryId","event","contentType","metadata"}</c> as sent; parsing it is the publisher's part. <paramref name="call"/> is what the
    /// entries' spans are named.
    /// </summary>
    Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken);

    /// <summary>Publishes a list whose entries are read already (gRPC).</summary>
    Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, IReadOnlyList<BulkEntry> entries,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken);
}

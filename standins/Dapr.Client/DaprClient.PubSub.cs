namespace Dapr.Client;

public abstract partial class DaprClient
{
    /// <summary>
    /// Publishes an event. A <see cref="CloudEvent"/> brings its own attributes, all else becomes JSON data.
    /// </summary>
    /// <typeparam name="TData">Type of the event; JSON is written by this type.</typeparam>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event with metadata.</summary>
    /// <typeparam name="TData">Type of the event; JSON is written by this type.</typeparam>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="metadata">Metadata, such as <c>ttlInSeconds</c>, <c>rawPayload</c>, <c>cloudevent.id</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PublishEventAsync<TData>(
        string pubsubName,
        string topicName,
        TData data,
        Dictionary<string, string> metadata,
        CancellationToken cancellationToken = default);

    /// <summary>Publishes an event without data.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PublishEventAsync(
        string pubsubName, string topicName, CancellationToken cancellationToken = default);

    /// <summary>Publishes an event without data, with metadata.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="metadata">Metadata, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PublishEventAsync(
        string pubsubName,
        string topicName,
        Dictionary<string, string> metadata,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// Publishes several events in one call. A <c>byte[]</c> goes out as <c>application/octet-stream</c>, a
    /// <see cref="CloudEvent"/> as <c>application/cloudevents+json</c>, all else as JSON.
    /// </summary>
    /// <remarks>
    /// Over HTTP the sidecar names the events that failed. Over gRPC, as in the official package, daprd 1.18 answers a
    /// partial failure with an error alone: callers must be ready for a <see cref="DaprException"/> after which some
    /// events are out.
    /// </remarks>
    /// <typeparam name="TValue">Type of the events; JSON is written by this type.</typeparam>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="events">The events.</param>
    /// <param name="metadata">Metadata of the call and of each event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events that were not taken.</returns>
    public abstract Task<BulkPublishResponse<TValue>> BulkPublishEventAsync<TValue>(
        string pubsubName,
        string topicName,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);

    /// <summary>Publishes an event that is already written.</summary>
    /// <param name="pubsubName">Name of the pub/sub component.</param>
    /// <param name="topicName">Name of the topic.</param>
    /// <param name="data">The event.</param>
    /// <param name="dataContentType">How it is written.</param>
    /// <param name="metadata">Metadata, such as <c>ttlInSeconds</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task PublishByteEventAsync(
        string pubsubName,
        string topicName,
        ReadOnlyMemory<byte> data,
        string dataContentType = "application/json",
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default);
}

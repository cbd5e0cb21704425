namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private const string PublishOperation = "Publish";

    public override Task PublishEventAsync<TData>(
        string pubsubName, string topicName, TData data, CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        ArgumentNullException.ThrowIfNull(data);
        return PublishAsync(pubsubName, topicName, Content(data), metadata: null, cancellationToken);
    }

    public override Task PublishEventAsync<TData>(
        string pubsubName,
        string topicName,
        TData data,
        Dictionary<string, string> metadata,
        CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(metadata);
        return PublishAsync(pubsubName, topicName, Content(data), metadata, cancellationToken);
    }

    public override Task PublishEventAsync(
        string pubsubName, string topicName, CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        return PublishAsync(pubsubName, topicName, content: null, metadata: null, cancellationToken);
    }

    public override Task PublishEventAsync(
        string pubsubName,
        string topicName,
        Dictionary<string, string> metadata,
        CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        ArgumentNullException.ThrowIfNull(metadata);
        return PublishAsync(pubsubName, topicName, content: null, metadata, cancellationToken);
    }

    public override Task PublishByteEventAsync(
        string pubsubName,
        string topicName,
        ReadOnlyMemory<byte> data,
        string dataContentType = SidecarHeaders.Json,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        var content = new ReadOnlyMemoryContent(data);
        content.Headers.TryAddWithoutValidation("Content-Type", dataContentType ?? SidecarHeaders.Json);
        return PublishAsync(pubsubName, topicName, content, metadata, cancellationToken);
    }

    private Task PublishAsync(
        string pubsubName,
        string topicName,
        HttpContent? content,
        Dictionary<string, string>? metadata,
        CancellationToken cancellationToken) =>
        DoAsync(
            PublishOperation,
            HttpMethod.Post,
            SidecarPath.WithQuery(SidecarPath.OfTopic("/v1.0/publish", pubsubName, topicName), metadata),
            content,
            cancellationToken);

    private BufferedContent Content<TData>(TData data) =>
        BufferedContent.OfJson(data, _json, data is CloudEvent ? SidecarHeaders.CloudEventsJson : SidecarHeaders.Json);

    private static void CheckNames(string pubsubName, string topicName)
    {
        ArgumentException.ThrowIfNullOrEmpty(pubsubName);
        ArgumentException.ThrowIfNullOrEmpty(topicName);
    }
}

using Google.Protobuf.WellKnownTypes;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.PubSub;
using Sidecar.Telemetry;
using Wire.Runtime;

namespace Sidecar.Grpc.Runtime;

/// <summary>The publish calls.</summary>
internal sealed class PublishCalls(AppRuntime runtime, IPublisher publisher)
{
    /// <summary>One message; answered once the broker has it.</summary>
    public async Task<Empty> PublishAsync(PublishEventRequest request, TraceContext trace)
    {
        CheckSize(request.PubsubName, request.Topic, request.Data.Length);
        var result = await publisher.PublishAsync(
            request.PubsubName, request.Topic, request.Data.Memory, NullIfEmpty(request.DataContentType),
            Copy(request.Metadata), trace, CancellationToken.None);
        return result.Error is null ? new Empty() : throw RichErrors.Of(result.Error);
    }

    /// <summary>
    /// Several messages. Where some fail Dapr answers with an error and names none of them, so that all count as failed.
    /// </summary>
    public async Task<BulkPublishResponse> BulkPublishAsync(BulkPublishRequest request, string path, TraceContext trace)
    {
        CheckSize(request.PubsubName, request.Topic, request.Entries.Sum(static entry => (long)entry.Event.Length));
        var metadata = Copy(request.Metadata);
        var entries = request.Entries.Select(entry => new BulkEntry(
            entry.EntryId, entry.Event.ToByteArray(), entry.ContentType, Merge(metadata, entry.Metadata), null)).ToList();
        var result = await publisher.BulkPublishAsync(
            request.PubsubName, request.Topic, entries, metadata, path + "/", trace, CancellationToken.None);
        return result.Error is null ? new BulkPublishResponse() : throw RichErrors.Of(result.Error);
    }

    // An entry without metadata of its own has none at all, as by HTTP and in Dapr.
    private static Dictionary<string, string> Merge(Dictionary<string, string> request, IReadOnlyCollection<KeyValuePair<string, string>> own)
    {
        var merged = own.Count == 0 ? new(StringComparer.Ordinal) : new Dictionary<string, string>(request, StringComparer.Ordinal);
        foreach (var (name, value) in own)
        {
            merged[name] = value;
        }
        return merged;
    }

    private static Dictionary<string, string> Copy(IDictionary<string, string> metadata) => new(metadata, StringComparer.Ordinal);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    // The framing has a limit of its own; an app's smaller one counts too.
    private void CheckSize(string pubsub, string topic, long bytes)
    {
        if (bytes > runtime.MaxBodyBytes)
        {
            throw RichErrors.Of(PublishErrors.Publish(pubsub, topic, new BodyTooLargeException().Message));
        }
    }
}

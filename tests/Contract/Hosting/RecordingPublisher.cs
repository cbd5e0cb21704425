using System.Text;
using Sidecar.Http;
using Sidecar.PubSub;
using Sidecar.Telemetry;

namespace Tests.Contract.Hosting;

/// <summary>Stands where the publish side of pub/sub stands, and says what the face handed over.</summary>
public sealed class RecordingPublisher : IPublisher
{
    public List<(string Pubsub, string Topic, string Body, string? ContentType, Dictionary<string, string> Metadata, TraceContext Trace)> Calls { get; } = [];

    /// <summary>The next answers; accepted by default.</summary>
    public ApiError? Error { get; set; }

    public IReadOnlyList<BulkPublishFailure>? Failures { get; set; }

    public Task<PublishResult> PublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body, string? contentType,
        IReadOnlyDictionary<string, string> metadata, TraceContext trace, CancellationToken cancellationToken)
    {
        Calls.Add((pubsub, topic, Encoding.UTF8.GetString(body.Span), contentType, new(metadata, StringComparer.Ordinal), trace));
        return Task.FromResult(new PublishResult(Error));
    }

    public Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken)
    {
        Calls.Add((pubsub, topic, Encoding.UTF8.GetString(body.Span), null, new(metadata, StringComparer.Ordinal), trace));
        return Task.FromResult(new BulkPublishResult(Error, Failures));
    }

    public Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, IReadOnlyList<BulkEntry> entries,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            Calls.Add((pubsub, topic, Encoding.UTF8.GetString(entry.Event), entry.ContentType, new(entry.Metadata, StringComparer.Ordinal), trace));
        }
        return Task.FromResult(new BulkPublishResult(Error, Failures));
    }
}

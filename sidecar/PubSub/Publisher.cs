using System.Text.Json;
using Sidecar.Components;
using Sidecar.Http;
using Sidecar.Hosting;
using Sidecar.PubSub.Envelopes;
using Sidecar.PubSub.Scoping;
using Sidecar.Resiliency;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;

namespace Sidecar.PubSub;

/// <summary>The publish side of one app's sidecar.</summary>
public sealed partial class Publisher(AppRuntime runtime) : IPublisher
{
    private readonly ILogger<Publisher> _logger = runtime.Loggers.CreateLogger<Publisher>();

    // Read now, so that a malformed scope stops the start.
    private readonly IReadOnlyDictionary<string, TopicScopes> _scopes = runtime.TopicScopes;

    /// <inheritdoc/>
    public async Task<PublishResult> PublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body, string? contentType,
        IReadOnlyDictionary<string, string> metadata, TraceContext trace, CancellationToken cancellationToken)
    {
        if (Validate(pubsub, topic, metadata, out var broker, out var isRaw) is { } error)
        {
            return new(error);
        }
        byte[] data;
        try
        {
            data = isRaw ? body.ToArray() : Envelope.Create(body, contentType, metadata, Context(pubsub, topic, trace));
        }
        catch (JsonException exception)
        {
            return new(PublishErrors.CloudEvent(pubsub, runtime.AppId, GoJsonErrors.Describe(body.Span, exception)));
        }
        if (!MayPublish(pubsub, topic))
        {
            return new(PublishErrors.Forbidden(pubsub, topic, runtime.AppId));
        }
        var began = runtime.Time.GetTimestamp();
        var problem = await SendAsync(broker, pubsub, [new(topic, data, metadata)], cancellationToken);
        runtime.Telemetry.Meter?.Published(pubsub, topic, problem is null, runtime.Time.GetElapsedTime(began));
        return problem is { } failure
            ? new(PublishErrors.Publish(pubsub, topic, failure))
            : PublishResult.Accepted;
    }

    /// <inheritdoc/>
    public async Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, ReadOnlyMemory<byte> body,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken)
    {
        if (Validate(pubsub, topic, metadata, out var broker, out var isRaw) is { } error)
        {
            return new(error, null);
        }
        List<BulkEntry> entries;
        try
        {
            entries = BulkPublishBody.Parse(body, metadata);
        }
        catch (JsonException exception)
        {
            var reason = GoJsonErrors.Describe(body.Span, exception);
            return new(PublishErrors.Unmarshal(pubsub, topic, runtime.AppId, reason), null);
        }
        return await SendAsync(broker, pubsub, topic, entries, isRaw, call, trace, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<BulkPublishResult> BulkPublishAsync(
        string pubsub, string topic, IReadOnlyList<BulkEntry> entries,
        IReadOnlyDictionary<string, string> metadata, string call, TraceContext trace, CancellationToken cancellationToken) =>
        Validate(pubsub, topic, metadata, out var broker, out var isRaw) is { } error
            ? Task.FromResult(new BulkPublishResult(error, null))
            : SendAsync(broker, pubsub, topic, entries, isRaw, call, trace, cancellationToken);

    private async Task<BulkPublishResult> SendAsync(
        IPubSub broker, string pubsub, string topic, IReadOnlyList<BulkEntry> entries, bool isRaw, string call, TraceContext trace,
        CancellationToken cancellationToken)
    {
        if (Refuse(pubsub, topic, entries) is { } refused)
        {
            return new(refused, null);
        }
        var spans = new EntrySpans(runtime.Telemetry.Tracer, call);
        var result = await SendAsync(broker, pubsub, topic, entries, isRaw, spans, trace, cancellationToken);
        spans.End(result.Error);
        return result;
    }

    private async Task<BulkPublishResult> SendAsync(
        IPubSub broker, string pubsub, string topic, IReadOnlyList<BulkEntry> entries, bool isRaw, EntrySpans spans, TraceContext trace,
        CancellationToken cancellationToken)
    {
        var messages = new List<NewMessage>(entries.Count);
        foreach (var entry in entries)
        {
            try
            {
                // Each entry is a span of its own, where tracing is on.
                var data = isRaw ? entry.Event : Envelope.Create(
                    entry.Event, entry.ContentType, entry.Metadata,
                    Context(pubsub, topic, runtime.TracingSamplingRate is null ? trace : spans.Next(trace)));
                messages.Add(new NewMessage(topic, data, entry.Metadata));
            }
            catch (JsonException exception)
            {
                var reason = GoJsonErrors.Describe(entry.Event, exception);
                return new(PublishErrors.CloudEvent(pubsub, runtime.AppId, reason), null);
            }
        }
        if (!MayPublish(pubsub, topic))
        {
            return new(PublishErrors.Forbidden(pubsub, topic, runtime.AppId), null);
        }
        // All entries are one transaction, so all fail or none does.
        var began = runtime.Time.GetTimestamp();
        var problem = await SendAsync(broker, pubsub, messages, cancellationToken);
        runtime.Telemetry.Meter?.BulkPublished(pubsub, topic, problem is null, messages.Count, runtime.Time.GetElapsedTime(began));
        return problem is { } failure
            ? new(PublishErrors.Publish(pubsub, topic, failure),
                [.. entries.Select(e => new BulkPublishFailure(e.EntryId, failure))])
            : BulkPublishResult.Accepted;
    }

    private ApiError? Validate(
        string pubsub, string topic, IReadOnlyDictionary<string, string> metadata, out IPubSub broker, out bool isRaw)
    {
        isRaw = false;
        broker = null!;
        if (pubsub.Length == 0)
        {
            return PublishErrors.NameEmpty(metadata);
        }
        if (!runtime.PubSubs.TryGetValue(pubsub, out broker!))
        {
            return PublishErrors.NotFound(pubsub);
        }
        if (topic.Length == 0)
        {
            return PublishErrors.TopicEmpty(pubsub, metadata);
        }
        return RawPayload.TryRead(metadata, out isRaw, out var value)
            ? null
            : PublishErrors.Metadata(pubsub, value, metadata);
    }

    private bool MayPublish(string pubsub, string topic) => !_scopes.TryGetValue(pubsub, out var scopes) || scopes.MayPublish(topic);

    private ApiError? Refuse(string pubsub, string topic, IReadOnlyList<BulkEntry> entries)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Error is not null)
            {
                return PublishErrors.Entry(pubsub, topic, runtime.AppId, entry.Error);
            }
            if (entry.EntryId.Length == 0 || !seen.Add(entry.EntryId))
            {
                return PublishErrors.EntryId(pubsub, topic, runtime.AppId);
            }
        }
        return null;
    }

    private EnvelopeContext Context(string pubsub, string topic, TraceContext trace) =>
        new(runtime.AppId, pubsub, topic, trace, runtime.Time.GetUtcNow());

    // Null where the broker has stored the messages, else what went wrong.
    private async Task<string?> SendAsync(
        IPubSub broker, string pubsub, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        if (runtime.Faults.RefusesPublish())
        {
            return "refused by fault injection";
        }
        try
        {
            var policy = runtime.Policies.ForComponentOutbound(pubsub);
            if (policy.IsEmpty)
            {
                await broker.PublishAsync(messages, cancellationToken);
            }
            else
            {
                await policy.RunAsync(
                    async attempt =>
                    {
                        await broker.PublishAsync(messages, attempt);
                        return true;
                    },
                    static _ => Outcome.Success,
                    cancellationToken);
            }
            return null;
        }
        // The edge to the broker: whatever it threw, the caller is told, with Dapr's error code.
        catch (Exception exception)
            when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogPublishFailed(exception, messages.Count, pubsub);
            return exception.Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Publishing {Count} messages to {Pubsub} failed.")]
    private partial void LogPublishFailed(Exception exception, int count, string pubsub);
}

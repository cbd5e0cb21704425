using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private const string BulkPublishOperation = "Bulk Publish";
    private const string BulkPublishRoot = "/v1.0/publish/bulk";

    /// <summary>Where runtimes had bulk publish before it left alpha.</summary>
    private const string BulkPublishAlphaRoot = "/v1.0-alpha1/publish/bulk";

    private volatile bool _bulkPublishIsAlpha;

    public override Task<BulkPublishResponse<TValue>> BulkPublishEventAsync<TValue>(
        string pubsubName,
        string topicName,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        CheckNames(pubsubName, topicName);
        ArgumentNullException.ThrowIfNull(events);
        return BulkPublishAsync(pubsubName, topicName, events, metadata, cancellationToken);
    }

    private async Task<BulkPublishResponse<TValue>> BulkPublishAsync<TValue>(
        string pubsubName,
        string topicName,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        var alpha = _bulkPublishIsAlpha;
        var response = await SendAsync(alpha);
        if (response.StatusCode == HttpStatusCode.NotFound && !alpha)
        {
            // An older runtime takes this path for a pub/sub component named "bulk". If the component asked for is what
            // is missing, the older path says so as well, and nothing has been published by either.
            response.Dispose();
            response = await SendAsync(alpha: true);
            _bulkPublishIsAlpha = response.IsSuccessStatusCode;
        }

        using (response)
        {
            if (response.IsSuccessStatusCode)
            {
                return new BulkPublishResponse<TValue>([]);
            }

            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var failed = FailedEntries(body, events, metadata);
            return failed.Count > 0
                ? new BulkPublishResponse<TValue>(failed)
                : throw SidecarChannel.Error(BulkPublishOperation, response.StatusCode, body);
        }

        Task<HttpResponseMessage> SendAsync(bool alpha)
        {
            var root = alpha ? BulkPublishAlphaRoot : BulkPublishRoot;
            var path = SidecarPath.WithQuery(SidecarPath.OfTopic(root, pubsubName, topicName), metadata);
            var content = BufferedContent.Write(
                _json, SidecarHeaders.Json, (events, metadata, _json), static (writer, state) =>
                    WriteEntries(writer, state.events, state.metadata, state._json));
            return _channel.SendAnyAsync(
                BulkPublishOperation, _channel.Request(HttpMethod.Post, path, content), cancellationToken);
        }
    }

    private static void WriteEntries<TValue>(
        Utf8JsonWriter writer,
        IReadOnlyList<TValue> events,
        Dictionary<string, string>? metadata,
        JsonSerializerOptions options)
    {
        Span<byte> entryId = stackalloc byte[10];
        writer.WriteStartArray();
        for (var i = 0; i < events.Count; i++)
        {
            var item = events[i];
            i.TryFormat(entryId, out var entryIdLength, provider: CultureInfo.InvariantCulture);
            writer.WriteStartObject();
            writer.WriteString("entryId"u8, entryId[..entryIdLength]);
            writer.WritePropertyName("event"u8);
            if (item is byte[] bytes)
            {
                writer.WriteBase64StringValue(bytes);
            }
            else
            {
                JsonSerializer.Serialize(writer, item, options);
            }

            writer.WritePropertyName("contentType"u8);
            writer.WriteRawValue(ContentTypeJsonOf(item), skipInputValidation: true);

            // The sidecar hands a call's metadata on to those entries only that have metadata of their own.
            WriteMetadata(writer, metadata);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static List<BulkPublishResponseFailedEntry<TValue>> FailedEntries<TValue>(
        byte[] body, IReadOnlyList<TValue> events, Dictionary<string, string>? metadata)
    {
        var failed = new List<BulkPublishResponseFailedEntry<TValue>>();
        if (!TryReadFailures(body, out var failures))
        {
            return failed;
        }

        foreach (var (entryId, error) in failures)
        {
            if (int.TryParse(entryId, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < events.Count)
            {
                var entry = new BulkPublishEntry<TValue>(entryId, events[i], ContentTypeOf(events[i]), metadata);
                failed.Add(new BulkPublishResponseFailedEntry<TValue>(entry, error ?? string.Empty));
            }
        }

        return failed;
    }

    private static bool TryReadFailures(byte[] body, out List<FailedEntry> failures)
    {
        failures = [];
        try
        {
            failures = JsonSerializer.Deserialize<BulkFailure>(body, JsonSerializerOptions.Web)?.FailedEntries ?? [];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string ContentTypeOf<TValue>(TValue item) => item switch
    {
        byte[] => SidecarHeaders.OctetStream,
        CloudEvent => SidecarHeaders.CloudEventsJson,
        _ => SidecarHeaders.Json,
    };

    /// <summary>
    /// As JSON, ready to be copied: the writer would escape the plus sign of cloudevents+json each time.
    /// </summary>
    private static ReadOnlySpan<byte> ContentTypeJsonOf<TValue>(TValue item) => item switch
    {
        byte[] => "\"application/octet-stream\""u8,
        CloudEvent => "\"application/cloudevents+json\""u8,
        _ => "\"application/json\""u8,
    };

    private sealed record BulkFailure(List<FailedEntry>? FailedEntries);

    private sealed record FailedEntry(string? EntryId, string? Error);
}

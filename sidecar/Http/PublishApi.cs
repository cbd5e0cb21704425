using Sidecar.Hosting;
using Sidecar.PubSub;
using Sidecar.Telemetry;

namespace Sidecar.Http;

/// <summary>POST and PUT /v1.0/publish/{pubsub}/{topic} and /v1.0/publish/bulk/{pubsub}/{topic}.</summary>
internal sealed class PublishApi(AppRuntime runtime, IPublisher publisher)
{
    /// <summary>One message.</summary>
    public async Task PublishAsync(HttpContext http, string pubsub, string topic, TraceContext trace)
    {
        PublishResult result;
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            result = await publisher.PublishAsync(
                pubsub, topic, body.Memory, http.Request.ContentType, QueryMetadata.Read(http.Request), trace, CancellationToken.None);
        }
        catch (BodyTooLargeException exception)
        {
            result = new(TooLarge(pubsub, topic, exception));
        }
        await (result.Error is null ? Answers.Empty(http) : Answers.Error(http, result.Error));
    }

    /// <summary>A list of messages.</summary>
    public async Task BulkPublishAsync(HttpContext http, string pubsub, string topic, TraceContext trace)
    {
        BulkPublishResult result;
        try
        {
            using var body = await RequestBody.ReadAsync(http, runtime.MaxBodyBytes);
            result = await publisher.BulkPublishAsync(
                pubsub, topic, body.Memory, QueryMetadata.Read(http.Request), http.Request.Path, trace, CancellationToken.None);
        }
        catch (BodyTooLargeException exception)
        {
            result = new(TooLarge(pubsub, topic, exception), null);
        }
        await (result switch
        {
            { Error: null } => Answers.Empty(http),
            { FailedEntries.Count: > 0 } => WriteFailures(http, result.Error, result.FailedEntries),
            _ => Answers.Error(http, result.Error),
        });
    }

    private static Task WriteFailures(HttpContext http, ApiError error, IReadOnlyList<BulkPublishFailure> failures) =>
        Answers.Written(http, error.Status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("failedEntries"u8);
            foreach (var failure in failures)
            {
                writer.WriteStartObject();
                writer.WriteString("entryId"u8, failure.EntryId);
                writer.WriteString("error"u8, failure.Error);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteString("errorCode"u8, error.ErrorCode);
            writer.WriteEndObject();
        }, []);

    private static ApiError TooLarge(string pubsub, string topic, BodyTooLargeException exception)
    {
        var message = $"error when publishing to topic {topic} in pubsub {pubsub}: {exception.Message}";
        return new(500, "ERR_PUBSUB_PUBLISH_MESSAGE", message,
        [
            new ResourceInfo("pubsub", pubsub, message),
            new ErrorInfo("DAPR_PUBSUB_PUBLISH_MESSAGE", new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["error"] = exception.Message,
                ["topic"] = topic,
            }),
        ]);
    }
}

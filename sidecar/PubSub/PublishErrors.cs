using Sidecar.Http;

namespace Sidecar.PubSub;

/// <summary>
/// The error answers of publish and bulk publish, in daprd's words. Source: recordings of daprd 1.18.
/// </summary>
internal static class PublishErrors
{
    /// <summary>No such component.</summary>
    public static ApiError NotFound(string pubsub) =>
        new(404, "ERR_PUBSUB_NOT_FOUND", $"pubsub {pubsub} is not found",
            [new ErrorInfo("DAPR_PUBSUB_NOT_FOUND", Map())]);

    /// <summary>The request names no component.</summary>
    public static ApiError NameEmpty(IReadOnlyDictionary<string, string> metadata) =>
        Create(404, "ERR_PUBSUB_EMPTY", "DAPR_PUBSUB_NAME_EMPTY", "", "pubsub name is empty", metadata);

    /// <summary>The path names no topic.</summary>
    public static ApiError TopicEmpty(string pubsub, IReadOnlyDictionary<string, string> metadata) =>
        Create(404, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", pubsub,
            $"topic is empty in pubsub {pubsub}", metadata);

    /// <summary>A metadata value that is no boolean.</summary>
    public static ApiError Metadata(string pubsub, string value, IReadOnlyDictionary<string, string> metadata) =>
        Create(400, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION", pubsub,
            $"failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '{value}'",
            metadata);

    /// <summary>A CloudEvent that is none.</summary>
    public static ApiError CloudEvent(string pubsub, string appId, string error) =>
        Create(500, "ERR_PUBSUB_CLOUD_EVENTS_SER", "DAPR_PUBSUB_CLOUD_EVENT_CREATION", pubsub,
            "cannot create cloudevent",
            Map(("appID", appId), ("error", error)));

    /// <summary>The component's topic scopes close the topic to the app.</summary>
    public static ApiError Forbidden(string pubsub, string topic, string appId)
    {
        var message = NotAllowed(topic, appId);
        return Create(403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", pubsub, message, Map(("error", message), ("topic", topic)));
    }

    /// <summary>Daprd's words for a topic that the app may not publish to.</summary>
    public static string NotAllowed(string topic, string appId) => $"topic {topic} is not allowed for app id {appId}";

    /// <summary>The broker did not take it.</summary>
    public static ApiError Publish(string pubsub, string topic, string error) =>
        Create(500, "ERR_PUBSUB_PUBLISH_MESSAGE", "DAPR_PUBSUB_PUBLISH_MESSAGE", pubsub,
            $"error when publishing to topic {topic} in pubsub {pubsub}: {error}",
            Map(("error", error), ("topic", topic)));

    /// <summary>A bulk body that is not the expected JSON.</summary>
    public static ApiError Unmarshal(string pubsub, string topic, string appId, string error) =>
        Create(400, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_UNMARSHAL_EVENTS", pubsub,
            $"error when unmarshaling the request for topic {topic} pubsub {pubsub}: {error}", Map(("appID", appId)));

    /// <summary>A bulk entry without an id of its own.</summary>
    public static ApiError EntryId(string pubsub, string topic, string appId)
    {
        const string Error = "entryId is duplicated or not present for entry";
        return Create(400, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_MARSHAL_EVENTS", pubsub,
            $"error marshaling events to bytes for topic {topic} pubsub {pubsub}. error: {Error}",
            Map(("appID", appId), ("error", Error)));
    }

    /// <summary>A bulk entry whose event does not fit its content type.</summary>
    public static ApiError Entry(string pubsub, string topic, string appId, string error) =>
        Create(400, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_MARSHAL_ENVELOPE", pubsub,
            $"error when marshalling cloud event envelope for topic {topic} pubsub {pubsub}: {error}",
            Map(("appID", appId), ("error", error)));

    private static ApiError Create(
        int status, string code, string reason, string pubsub, string message,
        IReadOnlyDictionary<string, string> metadata) =>
        new(status, code, message, [new ResourceInfo("pubsub", pubsub, message), new ErrorInfo(reason, metadata)]);

    private static Dictionary<string, string> Map(params ReadOnlySpan<(string Name, string Value)> values)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            map.Add(name, value);
        }
        return map;
    }
}

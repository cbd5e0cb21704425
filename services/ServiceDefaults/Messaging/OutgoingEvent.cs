using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.Outbox;
using Dapr;

namespace ServiceDefaults.Messaging;

/// <summary>
/// The CloudEvent (1.0) of an outbox message. The id is ours, not the broker's: a message published twice keeps its id, by which
/// the consumers' inboxes recognize it.
/// </summary>
internal sealed class OutgoingEvent : CloudEvent
{
    /// <summary>Wraps a message.</summary>
    public OutgoingEvent(string source, OutboxMessage message)
    {
        Source = new Uri(source, UriKind.Relative);
        Type = message.Type;
        Subject = message.Subject;
        Id = message.Id;
        Time = message.CreatedAt;
        AggregateVersion = message.Version;
        Traceparent = message.Traceparent;
        Data = new RawJson(message.Data);
    }

    [JsonPropertyName("specversion")]
    public string SpecVersion { get; } = "1.0";

    [JsonPropertyName("id")]
    public string Id { get; }

    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; }

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; } = "application/json";

    [JsonPropertyName("aggregateversion")]
    public long AggregateVersion { get; }

    [JsonPropertyName("traceparent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Traceparent { get; }

    // Without it Dapr overwrites traceparent with that of the publish request, which carries messages of many traces
    // (components-contrib, pubsub/envelope.go, FromCloudEvent: it looks for traceid only).
    [JsonPropertyName("traceid")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId => Traceparent;

    [JsonPropertyName("data")]
    [JsonConverter(typeof(RawJsonConverter))]
    public RawJson Data { get; }
}

/// <summary>JSON that was serialized when the message was committed, and is passed on byte for byte.</summary>
internal readonly record struct RawJson(byte[] Utf8);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.SerializeToUtf8Bytes(JsonElement.ParseValue(ref reader)));

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8, skipInputValidation: true);
}

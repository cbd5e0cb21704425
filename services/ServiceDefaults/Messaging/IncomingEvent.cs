using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.DeadLetters;

namespace ServiceDefaults.Messaging;

/// <summary>
/// Reads one entry of a bulk delivery. Entries are read one by one, so that a malformed one is dropped (and dead-lettered) alone.
/// </summary>
internal sealed record IncomingEvent(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("topic")] string? Topic,
    [property: JsonPropertyName("subject")] string? Subject,
    [property: JsonPropertyName("aggregateversion")] JsonElement AggregateVersion,
    [property: JsonPropertyName("traceparent")] string? Traceparent,
    [property: JsonPropertyName("data")] JsonElement Data)
{
    /// <summary>The event in an envelope, or null with the reason why it is none.</summary>
    public static IncomingEvent? Read(JsonElement envelope, out string? problem)
    {
        try
        {
            var read = envelope.Deserialize<IncomingEvent>(JsonSerializerOptions.Web);
            problem = string.IsNullOrEmpty(read?.Id) ? "a CloudEvent needs an id" : null;
            return problem is null ? read : null;
        }
        catch (JsonException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>The event with its data as <typeparamref name="TEvent"/>, or null with the reason.</summary>
    public Received<TEvent>? As<TEvent>(out string? problem)
    {
        problem = null;
        if (!TryReadVersion(out var version))
        {
            problem = "extension aggregateversion must be a whole number from 1";
            return null;
        }

        try
        {
            var data = Data.ValueKind == JsonValueKind.Undefined ? default : Data.Deserialize<TEvent>(StrictJson.Options);
            problem = data is null ? "the event has no data" : null;
            return data is null ? null : new Received<TEvent>(Id!, Subject ?? "", version, data);
        }
        catch (JsonException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>
    /// An envelope as a letter to keep, as far as it can be read. Without a readable id it goes by a hash, so that its copy from the dead-letter topic
    /// is not kept as another one.
    /// </summary>
    public static DeadLetter ToLetter(string topic, JsonElement envelope, bool isOurs)
    {
        var (raw, incoming) = (envelope.GetRawText(), Read(envelope, out _));
        var version = incoming is not null && incoming.TryReadVersion(out var read) ? read : 0;
        return new DeadLetter(
            incoming?.Id ?? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw)))}",
            topic,
            incoming?.Type ?? "",
            incoming?.Subject ?? "",
            version,
            raw,
            incoming?.Traceparent,
            isOurs);
    }

    // Dapr passes extensions on as they came, but other producers may send the number as text.
    private bool TryReadVersion(out long version)
    {
        version = 0;
        return AggregateVersion.ValueKind switch
        {
            JsonValueKind.Number => AggregateVersion.TryGetInt64(out version) && version > 0,

            // Its bytes, since GetString throws where an escape is no character.
            JsonValueKind.String => long.TryParse(
                JsonMarshal.GetRawUtf8Value(AggregateVersion)[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out version) && version > 0,
            _ => false,
        };
    }
}

/// <summary>JSON of events: names as on the web, and a missing member of a record is an error, not a null.</summary>
internal static class StrictJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}

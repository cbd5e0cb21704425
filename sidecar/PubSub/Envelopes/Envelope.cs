using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sidecar.Telemetry;

namespace Sidecar.PubSub.Envelopes;

/// <summary>What an envelope needs besides the payload.</summary>
/// <param name="AppId">The publishing app: the default <c>source</c>.</param>
/// <param name="Pubsub">Component name.</param>
/// <param name="Topic">Topic name.</param>
/// <param name="Trace">The publish request's trace context.</param>
/// <param name="Now">The clock's time.</param>
internal readonly record struct EnvelopeContext(
    string AppId, string Pubsub, string Topic, TraceContext Trace, DateTimeOffset Now);

/// <summary>
/// Builds the CloudEvents 1.0 envelope that Dapr puts around a published payload, byte for byte as daprd does (keys
/// sorted). Source: recordings of daprd 1.18, and Dapr docs, "Publishing and subscribing messages with
/// CloudEvents".
/// </summary>
internal static class Envelope
{
    private const string DefaultType = "com.dapr.event.sent";
    private const string DefaultSource = "Dapr";
    private const string SpecVersion = "1.0";

    private static readonly Dictionary<string, string> NoOverrides = [];

    /// <summary>Wraps a payload, or completes it where it is a CloudEvent already.</summary>
    /// <exception cref="JsonException">The payload claims to be a CloudEvent and is not a JSON object.</exception>
    public static byte[] Create(
        ReadOnlyMemory<byte> payload, string? contentType, IReadOnlyDictionary<string, string> metadata,
        in EnvelopeContext context)
    {
        using var to = new PooledBuffer(payload.Length + 512);
        if (ContentTypes.IsCloudEvent(contentType))
        {
            Complete(to, payload, metadata, context);
        }
        else
        {
            Wrap(to, payload, Or(contentType, ContentTypes.Default)!, metadata, context);
        }
        return to.Written.ToArray();
    }

    /// <summary>The envelope that a subscription with <c>rawPayload</c> gets around bytes of unknown kind.</summary>
    public static void WrapRaw(
        PooledBuffer to, ReadOnlySpan<byte> data, string pubsub, string topic, DateTimeOffset now)
    {
        to.Add("{\"data_base64\":"u8);
        WriteBase64(to, data);
        to.Add(",\"datacontenttype\":\"application/octet-stream\",\"id\":"u8);
        GoStrings.WriteText(to, NewId(now));
        Field(to, ",\"pubsubname\":"u8, pubsub);
        Field(to, ",\"source\":"u8, DefaultSource);
        Field(to, ",\"specversion\":"u8, SpecVersion);
        Field(to, ",\"topic\":"u8, topic);
        Field(to, ",\"type\":"u8, DefaultType);
        to.Add((byte)'}');
    }

    /// <summary>Writes bytes as a base64 string with its quotes.</summary>
    public static void WriteBase64(PooledBuffer to, ReadOnlySpan<byte> data)
    {
        to.Add((byte)'"');
        Base64.EncodeToUtf8(data, to.GetSpan(Base64.GetMaxEncodedToUtf8Length(data.Length)), out _, out var written);
        to.Advance(written);
        to.Add((byte)'"');
    }

    private static void Wrap(
        PooledBuffer to, ReadOnlyMemory<byte> payload, string contentType, IReadOnlyDictionary<string, string> metadata,
        in EnvelopeContext context)
    {
        var overrides = Overrides(metadata);
        var trace = overrides.GetValueOrDefault("traceparent") is { Length: > 0 } parent
            ? parent
            : overrides.GetValueOrDefault("traceid") ?? context.Trace.TraceParent;
        WriteData(to, payload, contentType);
        Field(to, ",\"datacontenttype\":"u8, contentType);
        if (TimeToLive.Read(metadata) is { } ttl)
        {
            Field(to, ",\"expiration\":"u8, Text(context.Now + ttl));
        }
        Field(to, ",\"id\":"u8, Or(overrides.GetValueOrDefault("id"), null) ?? NewId(context.Now));
        Field(to, ",\"pubsubname\":"u8, context.Pubsub);
        Field(to, ",\"source\":"u8, Or(overrides.GetValueOrDefault("source", context.AppId), DefaultSource)!);
        Field(to, ",\"specversion\":"u8, SpecVersion);
        if (overrides.GetValueOrDefault("subject") is { Length: > 0 } subject)
        {
            Field(to, ",\"subject\":"u8, subject);
        }
        Field(to, ",\"time\":"u8, Text(context.Now));
        Field(to, ",\"topic\":"u8, context.Topic);
        Field(to, ",\"traceid\":"u8, trace);
        Field(to, ",\"traceparent\":"u8, trace);
        Field(to, ",\"tracestate\":"u8, overrides.GetValueOrDefault("tracestate") ?? context.Trace.TraceState);
        Field(to, ",\"type\":"u8, Or(overrides.GetValueOrDefault("type"), DefaultType)!);
        to.Add((byte)'}');
    }

    private static void WriteData(PooledBuffer to, ReadOnlyMemory<byte> payload, string contentType)
    {
        if (ContentTypes.IsBinary(contentType))
        {
            to.Add("{\"data_base64\":"u8);
            WriteBase64(to, payload.Span);
            return;
        }
        to.Add("{\"data\":"u8);
        if (ContentTypes.IsJson(contentType) && TryParse(payload) is { } document)
        {
            using (document)
            {
                GoJson.Write(to, document.RootElement);
            }
        }
        else
        {
            // Also JSON that is malformed: daprd publishes it as text, and the golden recordings say so.
            GoStrings.WriteText(to, payload.Span);
        }
    }

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return GoJson.Parse(Utf8(payload));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Complete(
        PooledBuffer to, ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> metadata,
        in EnvelopeContext context)
    {
        using var document = GoJson.Parse(Utf8(payload));
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException(GoJsonErrors.WrongKind(document.RootElement, "map[string]interface {}"));
        }
        var fields = new EnvelopeFields(document.RootElement);
        fields.SetDefault("time"u8, Text(context.Now));
        if (!fields.Has("traceid"u8))
        {
            fields.Set("traceid"u8, context.Trace.TraceParent);
            fields.Set("traceparent"u8, context.Trace.TraceParent);
        }
        fields.SetDefault("tracestate"u8, context.Trace.TraceState);
        fields.Set("topic"u8, context.Topic);
        fields.Set("pubsubname"u8, context.Pubsub);
        fields.SetWhereNull("source"u8, DefaultSource);
        fields.SetWhereNull("type"u8, DefaultType);
        fields.SetWhereNull("specversion"u8, SpecVersion);
        if (TimeToLive.Read(metadata) is { } ttl)
        {
            fields.Set("expiration"u8, Text(context.Now + ttl));
        }
        fields.Write(to);
    }

    /// <summary>
    /// The metadata's <c>cloudevent.*</c> values, which override fields of a wrapped payload (not of a CloudEvent).
    /// </summary>
    private static Dictionary<string, string> Overrides(IReadOnlyDictionary<string, string> metadata)
    {
        const string Prefix = "cloudevent.";
        Dictionary<string, string>? overrides = null;
        foreach (var (name, value) in metadata)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                (overrides ??= new(StringComparer.OrdinalIgnoreCase))[name[Prefix.Length..]] = value;
            }
        }
        return overrides ?? NoOverrides;
    }

    /// <summary>The bytes, repaired where they are not UTF-8, as Go repairs strings while it parses.</summary>
    public static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes.Span)
            ? bytes
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes.Span));

    // Ids rise with time, which keeps the indexes of subscribers' inboxes compact.
    private static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString();

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Or(string? value, string? fallback) => string.IsNullOrEmpty(value) ? fallback : value;

    private static void Field(PooledBuffer to, ReadOnlySpan<byte> name, string value)
    {
        to.Add(name);
        GoStrings.WriteText(to, value);
    }
}

using System.Globalization;
using System.Text.Json;
using Sidecar.PubSub.Envelopes;
using Sidecar.PubSub.Subscriptions;
using Sidecar.Resources;

namespace Sidecar.PubSub.Delivery;

/// <summary>
/// Looks at a message before its first delivery: what the app gets, on which path, under which trace.
/// </summary>
internal sealed class Preparation(Subscription subscription, Router router, bool isRaw, TimeProvider time)
{
    /// <summary>Fills the item; null, or why it cannot be delivered and goes to the dead-letter topic.</summary>
    public string? Prepare(DeliveryItem item)
    {
        try
        {
            return Read(item);
        }
        // An event may be JSON and still hold what cannot be read, such as half a surrogate pair in a name. It would
        // fail in the same way each time, so giving it again would never end.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return $"it cannot be read: {exception.Message}";
        }
    }

    private string? Read(DeliveryItem item)
    {
        if (isRaw)
        {
            Wrap(item);
        }
        JsonDocument document;
        try
        {
            var json = isRaw && subscription.Bulk.Enabled ? "{}"u8.ToArray() : item.Body;
            document = JsonDocument.Parse(json, new() { MaxDepth = GoJson.DepthMax });
        }
        catch (JsonException exception)
        {
            return $"it is not a CloudEvent: {exception.Message}";
        }
        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Inspect(item, document.RootElement)
                : "it is not a CloudEvent: not a JSON object";
        }
    }

    private string? Inspect(DeliveryItem item, JsonElement envelope)
    {
        if (IsExpired(item, envelope))
        {
            return "its time to live has passed";
        }
        var route = router.Find(envelope);
        if (route.Path is null)
        {
            return route.Error is null ? "no routing rule matches" : $"a routing rule failed: {route.Error}";
        }
        item.Path = route.Path;
        item.TraceParent = Text(envelope, "traceparent"u8) ?? Text(envelope, "traceid"u8);
        return null;
    }

    // A raw payload comes without envelope: the app gets one made here, or in a bulk delivery the bytes as base64.
    private void Wrap(DeliveryItem item)
    {
        using var buffer = new PooledBuffer(item.Message.Data.Length * 2);
        if (subscription.Bulk.Enabled)
        {
            Envelope.WriteBase64(buffer, item.Message.Data.Span);
        }
        else
        {
            Envelope.WrapRaw(buffer, item.Message.Data.Span, subscription.PubsubName, subscription.Topic,
                time.GetUtcNow());
        }
        item.Body = buffer.Written.ToArray();
    }

    private bool IsExpired(DeliveryItem item, JsonElement envelope)
    {
        var now = time.GetUtcNow();
        return item.Message.ExpiresAt < now
            || (Text(envelope, "expiration"u8) is { } text
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out var expiration)
                && expiration < now);
    }

    private static string? Text(JsonElement envelope, ReadOnlySpan<byte> name)
    {
        try
        {
            return envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null; // not valid text
        }
    }
}

using System.Globalization;
using Sidecar.PubSub.Envelopes;
using Sidecar.Resources;

namespace Sidecar.PubSub.Delivery;

/// <summary>Writes the body of a bulk delivery, in the order of fields in which daprd writes it.</summary>
internal static class BulkBody
{
    /// <summary>The entry's id in the request: the broker's number, the same in every attempt.</summary>
    public static string EntryId(DeliveryItem item) => item.Message.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the body for these messages.</summary>
    public static void Write(
        PooledBuffer to, IReadOnlyList<DeliveryItem> items, Subscription subscription, bool isRaw, DateTimeOffset now)
    {
        to.Add("{\"entries\":["u8);
        for (var i = 0; i < items.Count; i++)
        {
            to.Add(i == 0 ? "{\"entryId\":"u8 : ",{\"entryId\":"u8);
            GoStrings.WriteText(to, EntryId(items[i]));
            to.Add(",\"event\":"u8);
            to.Add(items[i].Body.Span);
            to.Add(",\"metadata\":{"u8);
            WriteMetadata(to, items[i].Message.Metadata);
            to.Add("},\"contentType\":"u8);
            GoStrings.WriteText(to, isRaw ? ContentTypes.Binary : ContentTypes.CloudEvent);
            to.Add((byte)'}');
        }
        to.Add("],\"id\":"u8);
        GoStrings.WriteText(to, Guid.CreateVersion7(now).ToString());
        to.Add(",\"metadata\":{\"pubsubName\":"u8);
        GoStrings.WriteText(to, subscription.PubsubName);
        to.Add("},\"pubsubname\":"u8);
        GoStrings.WriteText(to, subscription.PubsubName);
        to.Add(",\"topic\":"u8);
        GoStrings.WriteText(to, subscription.Topic);
        to.Add(",\"type\":\"com.dapr.event.sent.bulk\"}"u8);
    }

    private static void WriteMetadata(PooledBuffer to, IReadOnlyDictionary<string, string> metadata)
    {
        var first = true;
        foreach (var (name, value) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!first)
            {
                to.Add((byte)',');
            }
            first = false;
            GoStrings.WriteText(to, name);
            to.Add((byte)':');
            GoStrings.WriteText(to, value);
        }
    }
}

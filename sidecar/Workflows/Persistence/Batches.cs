using Google.Protobuf;
using Wire.Workflow;

namespace Sidecar.Workflows.Persistence;

/// <summary>A turn's events in one blob, each with its length before it.</summary>
internal static class Batches
{
    /// <summary>Events as bytes.</summary>
    public static byte[] ToBytes(List<HistoryEvent> events)
    {
        var size = events.Sum(static e => CodedOutputStream.ComputeMessageSize(e));
        var bytes = new byte[size];
        using var output = new CodedOutputStream(bytes);
        foreach (var e in events)
        {
            output.WriteMessage(e);
        }
        return bytes;
    }

    /// <summary>Events from bytes.</summary>
    public static List<HistoryEvent> FromBytes(byte[] bytes)
    {
        var events = new List<HistoryEvent>();
        var input = new CodedInputStream(bytes);
        while (!input.IsAtEnd)
        {
            var e = new HistoryEvent();
            input.ReadMessage(e);
            events.Add(e);
        }
        return events;
    }
}

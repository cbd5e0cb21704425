using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>An event that an instance has not seen yet.</summary>
/// <param name="Seq">Number of its stored row; 0 where the event follows from other stored rows (a start, a timer that has fired).</param>
/// <param name="Event">The event as the worker will get it.</param>
internal sealed record InboxEntry(long Seq, HistoryEvent Event)
{
    /// <summary>Size on the wire in bytes.</summary>
    public int Bytes { get; } = Event.CalculateSize();
}

/// <summary>An event on its way from one instance to another, stored together with the turn that sent it.</summary>
/// <param name="Seq">Number of its stored row.</param>
/// <param name="Target">Instance id of the receiver.</param>
/// <param name="Source">Instance id of the sender; null for events from outside.</param>
/// <param name="Event">The event.</param>
/// <param name="Propagated">History that goes with a start; null where none was asked for.</param>
internal sealed record Message(long Seq, string Target, string? Source, HistoryEvent Event, PropagatedHistory? Propagated);

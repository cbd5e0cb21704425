using Sidecar.Telemetry;
using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// What one transaction stores of one instance, and what follows once it has: nothing else leaves an instance. Several operations
/// may add to one change.
/// </summary>
internal sealed class InstanceChange
{
    /// <summary>An earlier instance of the same id, or the purged one, that goes with all its rows; null where there is none.</summary>
    public long? Deleted { get; set; }

    /// <summary>True for an instance that is stored for the first time.</summary>
    public bool IsNew { get; set; }

    /// <summary>True where the row has changed.</summary>
    public bool IsChanged { get; set; }

    /// <summary>How the generation was started, where that is new.</summary>
    public InstanceStart? Start { get; set; }

    /// <summary>True where the history so far goes: the instance continues as new.</summary>
    public bool WipesHistory { get; set; }

    /// <summary>New history.</summary>
    public List<HistoryEvent> History { get; } = [];

    /// <summary>Stored inbox rows that are in the history now, or that nobody waits for.</summary>
    public List<long> InboxRemoved { get; } = [];

    /// <summary>Events for this instance or others.</summary>
    public List<Message> Messages { get; } = [];

    /// <summary>New timers.</summary>
    public List<HistoryEvent> TimersAdded { get; } = [];

    /// <summary>Timers that have fired, or that an event has made superfluous.</summary>
    public List<int> TimersRemoved { get; } = [];

    /// <summary>True where no timer is needed any more.</summary>
    public bool DropsTimers { get; set; }

    /// <summary>Spans of what has ended, to be ended once it is stored.</summary>
    public List<Span> Spans { get; } = [];

    /// <summary>How long the instance waited for its first turn, where that was this one.</summary>
    public TimeSpan? Scheduled { get; set; }

    /// <summary>The names of activities that have ended, whether they succeeded, and how long they took where that is known.</summary>
    public List<(string Name, bool Success, TimeSpan? Elapsed)> Activities { get; } = [];

    /// <summary>True where there is anything to store.</summary>
    public bool HasAny => Deleted is not null || IsNew || IsChanged || Start is not null || History.Count > 0 || InboxRemoved.Count > 0
        || Messages.Count > 0 || TimersAdded.Count > 0 || TimersRemoved.Count > 0 || DropsTimers;
}

/// <summary>How a generation was started.</summary>
/// <param name="Event">Its <c>executionStarted</c>.</param>
/// <param name="Propagated">History that an ancestor lets it see; null where there is none.</param>
internal sealed record InstanceStart(HistoryEvent Event, PropagatedHistory? Propagated);

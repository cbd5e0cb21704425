using Wire.Workflow;

namespace Sidecar.Workflows.Logic;

/// <summary>
/// Time-outs of waits for external events. As in daprd an event uses up the oldest timer that waits for one of its name, whatever the
/// letters' case.
/// </summary>
internal sealed class EventTimers
{
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.Ordinal);

    /// <summary>A timer begins; one of another origin is ignored.</summary>
    public void Add(HistoryEvent created)
    {
        if (NameOf(created) is not { } name)
        {
            return;
        }
        if (!_byName.TryGetValue(name, out var timers))
        {
            _byName.Add(name, timers = []);
        }
        timers.Add(created.EventId);
    }

    /// <summary>A timer has fired.</summary>
    public void Remove(HistoryEvent created)
    {
        if (NameOf(created) is { } name)
        {
            _byName[name].Remove(created.EventId);
        }
    }

    /// <summary>The timer that an event makes superfluous; null where none waits for it.</summary>
    public int? Use(string eventName)
    {
        if (!_byName.TryGetValue(eventName.ToUpperInvariant(), out var timers) || timers.Count == 0)
        {
            return null;
        }
        var id = timers[0];
        timers.RemoveAt(0);
        return id;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _byName.Clear();

    // Timers of older SDKs name the event without saying that it is one.
    private static string? NameOf(HistoryEvent created) => created.TimerCreated switch
    {
        { ExternalEvent: { } origin } => origin.Name.ToUpperInvariant(),
        { OriginCase: TimerCreatedEvent.OriginOneofCase.None, HasName: true } timer => timer.Name.ToUpperInvariant(),
        _ => null,
    };
}

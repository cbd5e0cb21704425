using Proto = Wire.Workflow;

namespace Dapr.Workflow.Worker.Turns;

/// <summary>
/// Events from outside and those who wait for them, by name without case. Each event serves one wait, first come, first served; what
/// nobody waits for is kept.
/// </summary>
internal sealed class ExternalEvents
{
    private readonly List<Proto.HistoryEvent> untaken = [];
    private readonly List<EventWait> waits = [];

    /// <summary>Events that nobody has taken, in their order.</summary>
    public IReadOnlyList<Proto.HistoryEvent> Untaken => untaken;

    /// <summary>Whether somebody waits.</summary>
    public bool IsAwaited => waits.Exists(wait => wait.IsOpen);

    /// <summary>Takes the oldest kept event of a name.</summary>
    public Proto.HistoryEvent? Take(string name)
    {
        var index = untaken.FindIndex(kept => Same(kept.EventRaised.Name, name));
        if (index < 0)
        {
            return null;
        }

        var taken = untaken[index];
        untaken.RemoveAt(index);
        return taken;
    }

    /// <summary>Waits behind those who wait already.</summary>
    public void Add(EventWait wait) => waits.Add(wait);

    /// <summary>An event came: hands it to the first who waits, and with it runs the code; else keeps it.</summary>
    public void Raise(Proto.HistoryEvent raised)
    {
        waits.RemoveAll(wait => !wait.IsOpen);
        var index = waits.FindIndex(wait => Same(wait.Name, raised.EventRaised.Name));
        if (index < 0)
        {
            untaken.Add(raised);
            return;
        }

        var first = waits[index];
        waits.RemoveAt(index);
        first.End(raised.EventRaised);
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Someone who waits for an event.</summary>
internal abstract class EventWait(string name)
{
    public string Name { get; } = name;

    public bool IsOpen { get; protected set; } = true;

    public abstract void End(Proto.EventRaisedEvent raised);

    public abstract void Cancel(CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class EventWait<T>(string name, TurnContext context) : EventWait(name)
{
    private readonly TaskCompletionSource<T> ended = new();

    public Task<T> Task => ended.Task;

    public override void End(Proto.EventRaisedEvent raised)
    {
        IsOpen = false;
        context.Complete(ended, raised.Input);
    }

    public override void Cancel(CancellationToken cancellationToken)
    {
        IsOpen = false;
        ended.TrySetCanceled(cancellationToken);
    }
}

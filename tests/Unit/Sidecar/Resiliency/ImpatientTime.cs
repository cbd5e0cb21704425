using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>
/// A clock that jumps to the end of every wait as soon as someone waits, and remembers how long each was.
/// </summary>
public sealed class ImpatientTime : FakeTimeProvider
{
    private readonly Lock _jump = new();

    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            Waits.Add(dueTime);
            _ = Task.Run(() => Jump(dueTime));
        }

        return timer;
    }

    // One jump at a time: a wait may begin inside the jump that ended the one before, and two at once would turn the clock
    // back, so that a timer never fires.
    private void Jump(TimeSpan by)
    {
        lock (_jump)
        {
            Advance(by);
        }
    }
}

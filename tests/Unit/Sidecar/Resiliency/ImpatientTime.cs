using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>
/// A clock that jumps to the end of every wait as soon as someone waits, and remembers how long each was.
/// </summary>
public sealed class ImpatientTime : FakeTimeProvider
{
    public List<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            Waits.Add(dueTime);
            _ = Task.Run(() => Advance(dueTime));
        }

        return timer;
    }
}

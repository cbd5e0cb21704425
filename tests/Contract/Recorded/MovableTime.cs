namespace Tests.Contract.Recorded;

/// <summary>The system's clock, which can be put forward: what lasts seconds in a recording does not in its replay. Timers run as ever.</summary>
public sealed class MovableTime : TimeProvider
{
    private long _ahead;

    public void Skip(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
}

namespace Microsoft.Extensions.Time.Testing;

/// <summary>
/// A clock that moves only when told to. Stands in for the class of the same name in the package
/// Microsoft.Extensions.TimeProvider.Testing: same signatures for the part used here, timers fire inside <see cref="Advance"/>.
/// </summary>
public class FakeTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now;

    /// <summary>Starts at midnight of 1 January 2000, UTC.</summary>
    public FakeTimeProvider()
        : this(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at the given time.</summary>
    public FakeTimeProvider(DateTimeOffset startDateTime)
    {
        Start = startDateTime;
        now = startDateTime;
    }

    /// <summary>The time at which this clock started.</summary>
    public DateTimeOffset Start { get; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock forward; timers that fall due fire in order of their time, each at its own time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is negative.</exception>
    public void Advance(TimeSpan delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delta, TimeSpan.Zero);
        SetUtcNow(GetUtcNow() + delta);
    }

    /// <summary>Moves the clock forward to a time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is in this clock's past.</exception>
    public void SetUtcNow(DateTimeOffset value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, GetUtcNow());
        while (NextDue(value) is { } timer)
        {
            timer.Fire();
        }

        lock (gate)
        {
            now = value;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    // Takes the first timer due by then, and moves the clock to its time.
    private FakeTimer? NextDue(DateTimeOffset limit)
    {
        lock (gate)
        {
            var timer = timers.Where(t => t.Due <= limit).MinBy(t => t.Due);
            if (timer is null)
            {
                return null;
            }

            now = timer.Due > now ? timer.Due : now;
            timer.Schedule(timer.Period > TimeSpan.Zero ? timer.Due + timer.Period : null);
            return timer;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                Period = period;
                Schedule(dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime);
            }

            // The real timer fires a due time of zero at once, too.
            if (dueTime == TimeSpan.Zero)
            {
                clock.Advance(TimeSpan.Zero);
            }

            return true;
        }

        // Under the clock's lock.
        public void Schedule(DateTimeOffset? due)
        {
            clock.timers.Remove(this);
            if (due is { } time)
            {
                Due = time;
                clock.timers.Add(this);
            }
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                Schedule(due: null);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

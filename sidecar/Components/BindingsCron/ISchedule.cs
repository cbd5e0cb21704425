namespace Sidecar.Components.BindingsCron;

/// <summary>When a cron binding fires.</summary>
internal interface ISchedule
{
    /// <summary>The first moment after <paramref name="now"/>, or null where there is none within five years.</summary>
    DateTimeOffset? Next(DateTimeOffset now);
}

/// <summary>
/// <c>@every 5s</c>: so long after the time before, to the millisecond. It begins when the binding begins, so that two apps do not fire at
/// the same time; <c>*/5 * * * * *</c> does that.
/// </summary>
internal sealed class IntervalSchedule(TimeSpan interval) : ISchedule
{
    public DateTimeOffset? Next(DateTimeOffset now) => now.AddTicks(interval.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond));
}

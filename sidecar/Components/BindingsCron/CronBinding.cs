using System.Globalization;
using Sidecar.Components.Settings;
using Sidecar.Resources;

namespace Sidecar.Components.BindingsCron;

/// <summary>
/// <c>bindings.cron</c>: triggers the app by a schedule, in the time zone of this process. Nothing is kept: what falls due while nobody reads
/// is not made up for, and after a pause of the machine it fires once. It fires whether or not the trigger before is answered.
/// Source: components-contrib 1.18, bindings/cron.
/// </summary>
internal sealed partial class CronBinding : IInputBinding
{
    private const string Schedule = "schedule";
    private const string Remedy =
        "Write five fields (minute, hour, day of month, month, day of week), six with the second first such as */5 * * * * *, @every 5s, or @hourly.";

    // Timers do not notice that the clock was set, or that the machine slept: look at it now and then.
    private static readonly TimeSpan SleepMax = TimeSpan.FromMinutes(1);

    private readonly ISchedule _schedule;
    private readonly TimeProvider _time;

    private CronBinding(ISchedule schedule, TimeProvider time) => (_schedule, _time) = (schedule, time);

    /// <summary>Builds the component.</summary>
    /// <exception cref="ResourceException">The schedule is missing or cannot be read, or a name is unknown.</exception>
    public static Task<IInputBinding> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        ComponentMetadata.RefuseUnknown(component, [Schedule, .. BindingSettings.Names]);
        _ = BindingSettings.Of(component); // only to refuse a wrong one
        if (ComponentMetadata.Find(component, Schedule) is not { Length: > 0 } text)
        {
            throw new ResourceException(component.File, $"spec.metadata.{Schedule}", "is missing", Remedy);
        }
        ISchedule schedule;
        try
        {
            schedule = CronExpression.Parse(text, context.Time.LocalTimeZone);
        }
        catch (FormatException e)
        {
            throw new ResourceException(component.File, $"spec.metadata.{Schedule}", $"'{text}' is not a schedule: {e.Message}", Remedy);
        }
        if (schedule.Next(context.Time.GetUtcNow()) is null)
        {
            LogNever(context.Loggers.CreateLogger<CronBinding>(), component.Name, text);
        }
        return Task.FromResult<IInputBinding>(new CronBinding(schedule, context.Time));
    }

    /// <inheritdoc/>
    public async Task ReadAsync(Action<BindingEvent> onEvent, CancellationToken cancellationToken)
    {
        var next = _schedule.Next(_time.GetUtcNow());
        while (true)
        {
            var now = _time.GetUtcNow();
            if (next is { } due && due <= now)
            {
                onEvent(Trigger(now));
                next = _schedule.Next(now);
                continue;
            }
            var wait = next - now ?? SleepMax;
            // Timers count whole milliseconds: rounded up, or the last one would be waited for in a busy loop.
            await Task.Delay(
                wait >= SleepMax ? SleepMax : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Names and forms are Dapr's: its zone is always called Local, and its time is as Go prints one.
    private static BindingEvent Trigger(DateTimeOffset now) => new(
        ReadOnlyMemory<byte>.Empty,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["timeZone"] = "Local",
            ["readTimeUTC"] = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + " +0000 UTC",
        });

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Binding}: the schedule '{Schedule}' never fires within the next five years")]
    private static partial void LogNever(ILogger logger, string binding, string schedule);
}

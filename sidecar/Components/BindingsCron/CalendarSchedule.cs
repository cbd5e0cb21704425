namespace Sidecar.Components.BindingsCron;

/// <summary>
/// The moments whose second, minute, hour, day, month and day of the week match, by the clock of a time zone. An hour that the zone leaves
/// out does not fire, and one that it repeats fires twice, as with Dapr.
/// </summary>
/// <param name="fields">The six fields in the order of <see cref="CronField.Ranges"/>.</param>
/// <param name="zone">The time zone.</param>
internal sealed class CalendarSchedule(IReadOnlyList<CronField> fields, TimeZoneInfo zone) : ISchedule
{
    // 29 February is at most eight years away; Dapr looks five years ahead, and so does this.
    private const int YearsMax = 5;

    public DateTimeOffset? Next(DateTimeOffset now)
    {
        var moment = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddSeconds(1);
        var lastYear = Local(moment).Year + YearsMax;
        while (true)
        {
            // Each step leaves out what cannot match, so that the loop turns some hundred times at most.
            var local = Local(moment);
            if (local.Year > lastYear)
            {
                return null;
            }
            if (!fields[4].Matches(local.Month))
            {
                moment = FirstMomentOf(new DateTime(local.Year, local.Month, 1).AddMonths(1));
            }
            else if (!DayMatches(local))
            {
                moment = FirstMomentOf(local.Date.AddDays(1));
            }
            else if (!fields[2].Matches(local.Hour))
            {
                moment = moment.AddSeconds(3600 - (local.Minute * 60) - local.Second);
            }
            else if (!fields[1].Matches(local.Minute))
            {
                moment = moment.AddSeconds(60 - local.Second);
            }
            else if (!fields[0].Matches(local.Second))
            {
                moment = moment.AddSeconds(1);
            }
            else
            {
                return moment;
            }
        }
    }

    private bool DayMatches(DateTime local)
    {
        var (month, week) = (fields[3], fields[5]);
        return month.IsStar || week.IsStar
            ? month.Matches(local.Day) && week.Matches((int)local.DayOfWeek)
            : month.Matches(local.Day) || week.Matches((int)local.DayOfWeek);
    }

    private DateTime Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone).DateTime;

    // Of a midnight that comes twice the first, and where there is none (some zones change at midnight) the first minute after it.
    private DateTimeOffset FirstMomentOf(DateTime midnight)
    {
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(1);
        }
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}

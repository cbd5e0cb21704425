using System.Text.RegularExpressions;
using Sidecar.Resources.Yaml;

namespace Sidecar.Components.BindingsCron;

/// <summary>
/// Reads schedules as Dapr's bindings.cron does: five fields (minute, hour, day of month, month, day of week), six with the second first,
/// <c>@every 5s</c>, and names such as <c>@hourly</c>. Source: the behaviour of Dapr's fork of robfig/cron (dapr/kit) with its second optional.
/// </summary>
internal static partial class CronExpression
{
    private const string Every = "@every ";

    // As long as the fields can express; a timer's own limit does not matter, because waits are cut in pieces.
    private static readonly TimeSpan IntervalMax = TimeSpan.FromDays(366);

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["@yearly"] = "0 0 0 1 1 *",
        ["@annually"] = "0 0 0 1 1 *",
        ["@monthly"] = "0 0 0 1 * *",
        ["@weekly"] = "0 0 0 * * 0",
        ["@daily"] = "0 0 0 * * *",
        ["@midnight"] = "0 0 0 * * *",
        ["@hourly"] = "0 0 * * * *",
    };

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">The schedule, perhaps with <c>TZ=Europe/Berlin</c> or <c>CRON_TZ=...</c> before it.</param>
    /// <param name="zone">The time zone where the text names none.</param>
    /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
    public static ISchedule Parse(string text, TimeZoneInfo zone)
    {
        if (ZonePrefix().Match(text) is { Success: true } prefix)
        {
            zone = Zone(prefix.Groups["name"].Value);
            text = text[prefix.Length..].Trim();
        }
        if (text.StartsWith(Every, StringComparison.Ordinal))
        {
            return new IntervalSchedule(Interval(text[Every.Length..]));
        }
        if (text.StartsWith('@'))
        {
            text = Names.GetValueOrDefault(text)
                ?? throw new FormatException($"'{text}' is none of @every, {string.Join(", ", Names.Keys)}");
        }
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is < 5 or > 6)
        {
            throw new FormatException($"it has {parts.Length} fields");
        }
        string[] six = parts.Length == 6 ? parts : ["0", .. parts];
        return new CalendarSchedule([.. six.Select((part, i) => CronField.Parse(part, CronField.Ranges[i]))], zone);
    }

    private static TimeZoneInfo Zone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw new FormatException($"'{name}' is no time zone of this machine");

    // Dapr takes less than a millisecond, and a negative time, for a millisecond; nobody can mean that.
    private static TimeSpan Interval(string text) =>
        text.Any(char.IsAsciiLetter) && GoDuration.TryParse(text, IntervalMax, out var interval) && interval >= TimeSpan.FromMilliseconds(1)
            ? new TimeSpan(interval.Ticks - (interval.Ticks % TimeSpan.TicksPerMillisecond))
            : throw new FormatException($"'{text}' is not a duration of 1 ms to 366 days with a unit");

    [GeneratedRegex(@"^(CRON_)?TZ=(?<name>\S*)(\s|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ZonePrefix();
}

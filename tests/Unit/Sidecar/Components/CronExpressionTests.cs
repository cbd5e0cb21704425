using System.Globalization;
using Sidecar.Components.BindingsCron;

namespace Tests.Unit.Sidecar.Components;

/// <summary>Schedules against instants that are known: what Dapr's parser gives for them, or plain calendar facts.</summary>
public sealed class CronExpressionTests
{
    // As the zones of the United States since 2007: an hour is left out in March, and repeated in November.
    private static readonly TimeZoneInfo Eastern = TimeZoneInfo.CreateCustomTimeZone(
        "eastern", TimeSpan.FromHours(-5), "eastern", "standard", "summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2007, 1, 1), DateTime.MaxValue.Date, TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 2, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 11, 1, DayOfWeek.Sunday)),
        ]);

    [Theory]
    [InlineData("*/5 * * * * *", "2026-11-21T12:00:00", "2026-11-21T12:00:05")]
    [InlineData("*/5 * * * * *", "2026-11-21T12:00:04.999", "2026-11-21T12:00:05")]
    [InlineData("*/5 * * * * *", "2026-12-31T23:59:58", "2027-01-01T00:00:00")]
    [InlineData("* * * * *", "2026-11-21T12:00:00", "2026-11-21T12:01:00")]
    [InlineData("0/15 * * * *", "2026-11-21T14:59:59", "2026-11-21T15:00:00")]
    [InlineData("20-35/15 * * * *", "2026-11-21T15:45:00", "2026-11-21T16:20:00")]
    [InlineData("15/35 20-35/15 1/2 * * *", "2026-11-21T00:00:00", "2026-11-21T01:20:15")]
    [InlineData("15/35 20-35/15 10/2 * * *", "2026-11-21T23:35:51", "2026-11-22T10:20:15")]
    [InlineData("0 3,9,,12 * * *", "2026-11-21T09:00:00", "2026-11-21T12:00:00")]
    [InlineData("30 4 1 * *", "2026-11-21T00:00:00", "2026-12-01T04:30:00")]
    [InlineData("0 0 9 APR-Oct ?", "2026-11-21T00:00:00", "2027-04-09T00:00:00")]
    [InlineData("0 0 * * Mon", "2026-11-21T00:00:00", "2026-11-23T00:00:00")]
    [InlineData("0 0 1,15 * sun", "2026-11-21T00:00:00", "2026-11-22T00:00:00")]
    [InlineData("0 0 */10 * Sun", "2026-11-21T00:00:00", "2026-11-22T00:00:00")]
    [InlineData("0 0 */1 * Sun", "2026-11-23T00:00:00", "2026-11-29T00:00:00")]
    [InlineData("0 0 29 2 *", "2026-11-21T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 31 * *", "2026-11-21T00:00:00", "2026-12-31T00:00:00")]
    [InlineData("  0   0 31 *  * ", "2026-11-21T00:00:00", "2026-12-31T00:00:00")]
    [InlineData("@yearly", "2026-11-21T12:00:00", "2027-01-01T00:00:00")]
    [InlineData("@annually", "2026-11-21T12:00:00", "2027-01-01T00:00:00")]
    [InlineData("@monthly", "2026-11-21T12:00:00", "2026-12-01T00:00:00")]
    [InlineData("@weekly", "2026-11-21T12:00:00", "2026-11-22T00:00:00")]
    [InlineData("@daily", "2026-11-21T12:00:00", "2026-11-22T00:00:00")]
    [InlineData("@midnight", "2026-11-21T12:00:00", "2026-11-22T00:00:00")]
    [InlineData("@hourly", "2026-11-21T12:00:00", "2026-11-21T13:00:00")]
    [InlineData("@every 5s", "2026-11-21T12:00:01.2345678", "2026-11-21T12:00:06.234")]
    [InlineData("@every 1h30m", "2026-11-21T12:00:01", "2026-11-21T13:30:01")]
    [InlineData("@every 1.9999ms", "2026-11-21T12:00:00", "2026-11-21T12:00:00.001")]
    [InlineData("TZ=UTC 0 6 * * *", "2026-11-21T12:00:00", "2026-11-22T06:00:00")]
    [InlineData("CRON_TZ=UTC @daily", "2026-11-21T12:00:00", "2026-11-22T00:00:00")]
    public void the_next_instant_is_the_known_one(string schedule, string now, string expected) =>
        Next(schedule, now, TimeZoneInfo.Utc).ShouldBe(Instant(expected));

    [Theory]
    [InlineData("0 2 * * *", "2026-03-07T12:00:00", "2026-03-09T06:00:00", "two o'clock is left out on the 8th")]
    [InlineData("0 * * * *", "2026-03-08T06:30:00", "2026-03-08T07:00:00", "the hour after one is three, not an hour later")]
    [InlineData("30 1 * * *", "2026-11-01T04:00:00", "2026-11-01T05:30:00", "half past one in summer time")]
    [InlineData("30 1 * * *", "2026-11-01T05:30:00", "2026-11-01T06:30:00", "and an hour later again")]
    [InlineData("30 1 * * *", "2026-11-01T06:30:00", "2026-11-02T06:30:00", "and next on the day after")]
    [InlineData("@daily", "2026-07-01T12:00:00", "2026-07-02T04:00:00", "midnight in summer time")]
    public void a_schedule_goes_by_the_clock_of_its_zone(string schedule, string now, string expected, string because) =>
        Next(schedule, now, Eastern).ShouldBe(Instant(expected), because);

    [Fact]
    public void a_day_that_does_not_exist_is_never() => Next("0 0 30 2 *", "2026-11-21T00:00:00", TimeZoneInfo.Utc).ShouldBeNull();

    [Theory]
    [InlineData("", "it has 0 fields")]
    [InlineData("* * * *", "it has 4 fields")]
    [InlineData("* * * * * * *", "it has 7 fields")]
    [InlineData("60 * * * * *", "the second '60' is not within 0 to 59")]
    [InlineData("60 * * * *", "the minute '60' is not within 0 to 59")]
    [InlineData("* 24 * * *", "the hour '24' is not within 0 to 23")]
    [InlineData("* * 0 * *", "the day of month '0' is not within 1 to 31")]
    [InlineData("* * * 13 *", "the month '13' is not within 1 to 12")]
    [InlineData("* * * * 7", "the day of week '7' is not within 0 to 6")]
    [InlineData("* * * * monday", "the day of week 'monday' has 'monday' where a number belongs")]
    [InlineData("5-1 * * * *", "the minute '5-1' ends before it begins")]
    [InlineData("5- * * * *", "the minute '5-' has '' where a number belongs")]
    [InlineData("-5 * * * *", "the minute '-5' has '' where a number belongs")]
    [InlineData("1-2-3 * * * *", "the minute '1-2-3' has too many hyphens")]
    [InlineData("1/2/3 * * * *", "the minute '1/2/3' has too many slashes")]
    [InlineData("*/0 * * * *", "the minute '*/0' has a step of 0")]
    [InlineData("*/-5 * * * *", "the minute '*/-5' has '-5' where a number belongs")]
    [InlineData("99999999999 * * * *", "the minute '99999999999' has '99999999999' where a number belongs")]
    [InlineData(", * * * *", "the minute ',' names no value")]
    [InlineData("@secondly", "'@secondly' is none of @every, @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly")]
    [InlineData("@every 5", "'5' is not a duration of 1 ms to 366 days with a unit")]
    [InlineData("@every 0s", "'0s' is not a duration of 1 ms to 366 days with a unit")]
    [InlineData("@every -5s", "'-5s' is not a duration of 1 ms to 366 days with a unit")]
    [InlineData("@every 9000h", "'9000h' is not a duration of 1 ms to 366 days with a unit")]
    [InlineData("TZ=Mars/Olympus 0 6 * * *", "'Mars/Olympus' is no time zone of this machine")]
    [InlineData("TZ=UTC", "it has 0 fields")]
    public void a_schedule_that_cannot_be_read_says_what_is_wrong(string schedule, string problem) =>
        Should.Throw<FormatException>(() => CronExpression.Parse(schedule, TimeZoneInfo.Utc)).Message.ShouldBe(problem);

    private static DateTimeOffset? Next(string schedule, string now, TimeZoneInfo zone) => CronExpression.Parse(schedule, zone).Next(Instant(now));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

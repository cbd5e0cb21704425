using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Components;
using Sidecar.Components.BindingsCron;
using Sidecar.Resources;

namespace Tests.Unit.Sidecar.Components;

public sealed class CronBindingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 1, 500, TimeSpan.Zero));
    private readonly KeptLog _log = new();

    [Theory]
    [InlineData("schedule", "every now and then", "spec.metadata.schedule: 'every now and then' is not a schedule: it has 4 fields. Write")]
    [InlineData("schedule", "", "spec.metadata.schedule: is missing. Write five fields")]
    [InlineData("shedule", "@hourly", "spec.metadata.shedule: bindings.cron has no metadata 'shedule'. It has: schedule, route, direction")]
    [InlineData("direction", "output", "spec.metadata.direction: 'output' is not a direction of bindings.cron. Write input, or remove it.")]
    public async Task a_wrong_value_is_refused_with_file_field_and_remedy(string name, string value, string expected)
    {
        var error = await Should.ThrowAsync<ResourceException>(() => CreateAsync((name, value)));

        error.Message.ShouldStartWith("sync.yaml: " + expected);
    }

    [Fact]
    public async Task a_schedule_that_never_fires_is_told()
    {
        await using var binding = await CreateAsync(("schedule", "0 0 30 2 *"));

        _log.Has("sync: the schedule '0 0 30 2 *' never fires").ShouldBeTrue();
    }

    [Fact]
    public async Task it_fires_by_the_clock_and_says_when()
    {
        await using var binding = await CreateAsync(("schedule", "*/5 * * * * *"));
        var events = new ConcurrentQueue<BindingEvent>();
        using var stop = new CancellationTokenSource();
        var reading = binding.ReadAsync(events.Enqueue, stop.Token);

        _time.Advance(TimeSpan.FromSeconds(3.4));
        events.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Eventually.HoldsAsync(() => events.Count == 1);

        events.Single().Data.Length.ShouldBe(0);
        events.Single().Metadata.ShouldBe(new Dictionary<string, string>
        {
            ["timeZone"] = "Local", ["readTimeUTC"] = "2026-11-21 12:00:05 +0000 UTC",
        }, ignoreOrder: true);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task after_a_pause_of_the_machine_it_fires_once()
    {
        var time = new SleptThrough(_time);
        await using var binding = await CreateAsync(time, ("schedule", "*/5 * * * * *"));
        var fired = 0;
        using var stop = new CancellationTokenSource();
        var reading = binding.ReadAsync(_ => Interlocked.Increment(ref fired), stop.Token);

        time.Slept = TimeSpan.FromHours(1);
        _time.Advance(TimeSpan.FromSeconds(3.5));
        await Eventually.HoldsAsync(() => fired > 0);
        await Eventually.StaysAsync(() => fired == 1, TimeSpan.FromMilliseconds(100));

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    private Task<IInputBinding> CreateAsync(params (string Name, string Value)[] metadata) => CreateAsync(_time, metadata);

    private Task<IInputBinding> CreateAsync(TimeProvider time, params (string Name, string Value)[] metadata) => CronBinding.CreateAsync(
        new Component(
            "sync", "bindings.cron", "v1", metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.OrdinalIgnoreCase), [], "sync.yaml"),
        new ComponentContext(".", time, _log), CancellationToken.None);

    /// <summary>The clock has gone on while the timers stood still.</summary>
    private sealed class SleptThrough(TimeProvider timers) : TimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => timers.GetUtcNow() + Slept;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            timers.CreateTimer(callback, state, dueTime, period);
    }
}
